// The console's only script: keys, dialogs, toasts, the idle warning and the live numbers. Every page works without it.
const html = document.documentElement;
const here = new URL('.', document.baseURI);
const BACKGROUND = { 'X-Background': '1' };
const channel = 'BroadcastChannel' in window ? new BroadcastChannel('outreach-staff') : null;

/* After every page, also one that came by enhanced navigation. */
function dress() {
  document.querySelector('[data-focus]')?.focus();
  for (const toast of document.querySelectorAll('[data-toast]')) hideLater(toast);
  for (const dialog of document.querySelectorAll('dialog[data-modal][open]')) {
    dialog.removeAttribute('open');
    dialog.classList.remove('inlinedialog');
    dialog.showModal();
  }
  for (const log of document.querySelectorAll('[data-log]')) log.scrollTop = log.scrollHeight;
  for (const button of document.querySelectorAll('[data-print]')) button.hidden = false;
  for (const file of document.querySelectorAll('[data-send]')) {
    file.value = '';                                               // the server has it: no second time with the next button
    document.getElementById(file.dataset.send).hidden = true;      // pressed by the choice itself
  }
  if (document.querySelector('.top')) listen();
}

document.addEventListener('click', event => {
  if (event.target.closest('[data-print]')) window.print();
});

function hideLater(toast) {
  if (toast.dataset.timed) return;
  toast.dataset.timed = '1';
  const hide = () => {
    if (toast.contains(document.activeElement)) toast.addEventListener('focusout', hide, { once: true });
    else toast.remove();
  };
  setTimeout(hide, 8000);
}

document.addEventListener('focusin', event => {
  if (event.target.matches?.('[data-select]')) event.target.select();
});

/* A question before a step that is hard to take back. */
document.addEventListener('submit', event => {
  const question = event.submitter?.dataset.confirm;
  if (!question || event.submitter.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = document.createElement('dialog');
  const title = document.createElement('p');
  const yes = document.createElement('button');
  const no = document.createElement('button');
  title.textContent = question;
  title.id = 'confirm-question';
  dialog.setAttribute('aria-labelledby', title.id);
  yes.className = 'btn danger filled';
  yes.textContent = event.submitter.firstChild.textContent.trim();
  no.className = 'btn';
  no.textContent = '返回';
  dialog.append(title, yes, no);
  document.body.append(dialog);
  const button = event.submitter;
  no.addEventListener('click', () => dialog.close());
  yes.addEventListener('click', () => {
    dialog.close();
    button.dataset.confirmed = '1';
    button.form.requestSubmit(button);
    delete button.dataset.confirmed;
  });
  dialog.addEventListener('close', () => { dialog.remove(); button.focus(); });
  dialog.showModal();
}, true);

/* Keys: / search, J K move, X pick, Enter open, E 已联系. Not while typing. */
document.addEventListener('keydown', event => {
  if (html.dataset.keys === 'off') return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input,textarea,select,dialog,[contenteditable]')) return;
  if (event.key === '/') {
    const find = document.getElementById('find');
    if (find?.offsetParent) { event.preventDefault(); find.focus(); }
    return;
  }
  const rows = [...document.querySelectorAll('[data-row]')];
  if (rows.length === 0) return;
  const at = rows.findIndex(row => row.classList.contains('here'));
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (step) {
    const row = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    rows[at]?.classList.remove('here');
    row.classList.add('here');
    row.querySelector('a')?.focus();
  } else if (event.key.toLowerCase() === 'x' && at >= 0) {
    rows[at].querySelector('[data-pick]')?.click();
  } else if (event.key.toLowerCase() === 'e' && at >= 0) {
    rows[at].querySelector('[data-key=e]')?.click();
  }
});

/* How many rows are picked. A lead stands twice on the page, as a card and as a row: both are picked, one is sent. */
document.addEventListener('change', event => {
  if (!event.target.matches?.('[data-pick]')) return;
  for (const same of document.querySelectorAll(`[data-pick][value="${event.target.value}"]`)) {
    same.checked = event.target.checked;
    same.closest('tr')?.classList.toggle('picked', same.checked);
  }
  const bar = document.getElementById('bulk');
  const count = new Set([...document.querySelectorAll('[data-pick]:checked')].map(box => box.value)).size;
  const words = bar?.querySelector('[data-picked]');
  if (!words) return;
  words.dataset.none ??= words.textContent;
  words.textContent = count ? words.dataset.picked.replace('{n}', count) : words.dataset.none;
  bar.classList.toggle('some', count > 0);
});

/* The name of the chosen file, beside our own button. One that is too large is not sent; a picture goes up as soon as it is chosen. */
document.addEventListener('change', event => {
  if (!event.target.matches?.('[data-file]') || !event.target.files.length) return;
  const [file] = event.target.files;
  const name = event.target.parentElement.querySelector('[data-file-name]');
  const most = Number(event.target.dataset.most);
  if (most && file.size > most) {
    event.target.value = '';
    if (name) name.textContent = `这个文件有 ${(file.size / 1048576).toFixed(1)} MB，最多 ${most / 1048576} MB，请压缩再选。`;
    return;
  }
  if (name) name.textContent = file.name;
  document.getElementById(event.target.dataset.send)?.click();
});

/* The session ends after a while without a click: said two minutes before. */
let used = Date.now();
let warned = null;
const idleMinutes = () => Number(document.querySelector('[data-idle-minutes]')?.dataset.idleMinutes ?? 0);
const touch = () => { used = Date.now(); channel?.postMessage({ used }); };
setInterval(() => {
  const minutes = idleMinutes();
  if (!minutes) return;
  const left = minutes * 60000 - (Date.now() - used);
  if (left < 120000 && !warned) {
    warned = document.createElement('div');
    warned.className = 'idle';
    warned.setAttribute('role', 'alert');
    const words = document.createElement('span');
    words.textContent = '很久没有操作，还有 2 分钟自动退出。没存的字先存。';
    const stay = document.createElement('button');
    stay.className = 'btn';
    stay.textContent = '继续';
    stay.addEventListener('click', async () => { await fetch(new URL('staff/more', here)); touch(); warned?.remove(); warned = null; });
    warned.append(words, stay);
    document.body.append(warned);
  } else if (left >= 120000 && warned) { warned.remove(); warned = null; }
}, 5000);

/* Live numbers: one stream a browser. The tab that holds the lock listens and tells the others. */
let listening = false;
function listen() {
  if (listening) return;
  listening = true;
  if (navigator.locks && channel) navigator.locks.request('outreach-staff-live', stream);
  else stream();
}

function stream() {
  return new Promise(done => {
    const source = new EventSource(new URL('staff/live', here));
    source.addEventListener('numbers', event => { show(event.data); channel?.postMessage({ numbers: event.data }); });
    source.addEventListener('error', () => { if (source.readyState === EventSource.CLOSED) { listening = false; done(); } });
  });
}

channel?.addEventListener('message', event => {
  if (event.data.numbers) show(event.data.numbers);
  if (event.data.used) used = Math.max(used, event.data.used);
});

let last = {};
function show(text) {
  const numbers = JSON.parse(text);
  if (!document.querySelector('.top')) return;
  for (const element of document.querySelectorAll('[data-live]')) {
    const value = numbers[element.dataset.live];
    if (value === undefined) continue;
    element.textContent = value ? value.toLocaleString('en') : '';
    if (element.classList.contains('bubble-count')) element.hidden = !value;
    if ('liveUrgent' in element.dataset) element.classList.toggle('waiting', value > 0);
  }
  const changed = Object.keys(numbers).filter(key => key in last && last[key] !== numbers[key]);
  last = numbers;
  for (const part of document.querySelectorAll('[data-refresh]'))
    if (part.dataset.refresh.split(' ').some(key => changed.includes(key))) refresh(part);
}

/* Swaps one part of the page for the same part as it is now, unless someone is typing in it. */
async function refresh(part) {
  const answer = await fetch(location.href, { headers: BACKGROUND });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(part.id);
  if (!fresh || !part.isConnected || part.contains(document.activeElement)) return;
  part.replaceWith(document.adoptNode(fresh));
  for (const log of fresh.querySelectorAll('[data-log]')) log.scrollTop = log.scrollHeight;
}

/* A part that moves while it is looked at. */
setInterval(() => {
  if (document.hidden) return;
  for (const part of document.querySelectorAll('[data-poll]')) refresh(part);
}, 3000);

/* How many characters a text has, beside its limit. */
document.addEventListener('input', event => {
  const most = Number(event.target.dataset?.count);
  if (!most) return;
  const place = document.getElementById(`${event.target.id}-hint`);
  if (!place) return;
  place.dataset.text ??= place.textContent;
  place.textContent = `${place.dataset.text}（${[...event.target.value].length} / ${most}）`;
});

html.classList.add('js');
dress();
window.addEventListener('load', () => globalThis.Blazor?.addEventListener('enhancedload', () => { touch(); dress(); }));
