// The owners' chat: a small Direct Line client. The server's rows are the truth: everything shown comes from the stream or from polling, is known by its id,
// and an unsent message keeps its clientActivityID over every try, so nothing is lost or doubled. Syntax of Chromium 86.

const api = '/v3/directline/';
const $ = id => document.getElementById(id);
const body = document.body, log = $('log'), say = $('say'), composer = $('composer'), line = $('line'), typing = $('typing'), typingText = $('typing-text');
const icons = body.dataset.icons;
const greeting = log.firstElementChild;

let token = '', conversation = '', watermark = '';
let live = false;               // history is loaded: new messages are announced
let lastTime = 0, lastSpeaker = 'bot';
const shown = new Set();        // ids of activities on the page
const mine = new Map();         // clientActivityID → { element, state } of messages written here
let outbox = [];                // what is not acknowledged, oldest first
let flushing = false;

const wait = ms => new Promise(done => setTimeout(done, ms));
const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), n => n.toString(36)).join('');

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${icons}#${name}`);
  svg.append(use);
  return svg;
}

function button(className, label, onPress) {
  const made = element('button', className, label);
  made.type = 'button';
  made.addEventListener('click', onPress);
  return made;
}

// ---- text -------------------------------------------------------------------------------------------------------------------------------------

const safeLink = address => /^(https?:\/\/|tel:|\/(?!\/))/i.test(address) ? address : null;

/** Text as nodes: **bold**, [words](address) and bare addresses; nothing of it is ever read as HTML. */
function inline(text) {
  const nodes = [];
  const pattern = /\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s，。；！？）】》”]+)/g;
  let at = 0, found;
  while ((found = pattern.exec(text)) !== null) {
    if (found.index > at) nodes.push(text.slice(at, found.index));
    const address = found[3] || found[4];
    if (found[1]) nodes.push(element('b', '', found[1]));
    else if (safeLink(address)) {
      const link = element('a', '', found[2] || found[4]);
      link.href = address;
      link.target = '_blank';
      link.rel = 'noopener noreferrer';
      nodes.push(link);
    } else nodes.push(found[0]);
    at = found.index + found[0].length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

const paragraphs = text => text.replace(/完整说明：((?:https?:\/\/|\/)[^\s，。]+)/g, '[完整说明]($1)').split('\n').map(part => part.trim()).filter(part => part).map(part => element('p', '', ...inline(part)));

/** 先答后说: the first sentence of an answer stands out, or its first clause where the sentence is long. */
function answerParagraphs(text) {
  const made = paragraphs(text);
  const first = made[0] && made[0].firstChild;
  const clause = first && first.nodeType === 3
    && (/^[^。；？]{1,32}[。；]/.exec(first.data) || /^(?!如果|要是|按|先|已经|根据|全体)[^，。；：？]{1,24}(?=[，：])/.exec(first.data));
  if (clause) first.replaceWith(element('b', '', clause[0]), first.data.slice(clause[0].length));
  return made;
}

// ---- time -------------------------------------------------------------------------------------------------------------------------------------

function timeText(date) {
  const now = new Date();
  const hours = date.getHours();
  return `${date.getFullYear() === now.getFullYear() ? '' : `${date.getFullYear()}年`}${date.getMonth() + 1}月${date.getDate()}日 周${'日一二三四五六'[date.getDay()]} `
    + `${hours < 12 ? '上午' : '下午'}${hours % 12 || 12}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** A line with the time where half an hour lies between two messages. */
function timeLine(timestamp) {
  const time = timestamp ? new Date(timestamp) : new Date();
  if (lastTime && time - lastTime < 30 * 60 * 1000) return;
  lastTime = time.getTime();
  lastSpeaker = '';
  log.append(element('p', 'day', timeText(time)));
}

// ---- showing ----------------------------------------------------------------------------------------------------------------------------------

const nearEnd = () => window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 160;

function showEnd(target) {
  const page = document.documentElement;
  // A long answer starts at its beginning.
  const top = target ? target.getBoundingClientRect().top + window.scrollY - 76 : page.scrollHeight;
  window.scrollTo(0, Math.min(top, page.scrollHeight));
}

function dropChoices() {
  for (const old of document.querySelectorAll('#log > .chips, .card .answers')) old.remove();
  $('first').hidden = true;
}

/** The owner's bubble; returns the element and its state line. */
function showOwn(text, timestamp) {
  timeLine(timestamp);
  dropChoices();
  lastSpeaker = 'owner';
  const state = element('span', 'state');
  const made = element('div', 'turn owner', element('span', 'vh', '您说：'), element('div', 'bubble owner', text), state);
  log.append(made);
  return { element: made, state };
}

function setState(own, text, isTrouble, action) {
  own.state.textContent = text;
  own.state.className = isTrouble ? 'state trouble' : 'state';
  if (action) own.state.append(' ', action);
}

function speaker(activity) {
  const from = activity.from || {};
  const office = /【(.+?)】/.exec(from.name || '');
  const isStaff = from.id === 'staff' || office !== null;
  const name = isStaff ? (office ? from.name.replace(/[【】]/g, '') : from.name || '工作人员') : '助手';
  const key = isStaff ? `staff ${name}` : 'bot';
  const label = lastSpeaker === key ? null : element('p', isStaff ? 'speaker staff' : 'speaker', isStaff ? icon('person') : null, name);
  lastSpeaker = key;
  return { isStaff, name, label };
}

function choicesOf(activity) {
  const actions = activity.suggestedActions && activity.suggestedActions.actions;
  return Array.isArray(actions) ? actions.filter(action => action && action.title) : [];
}

function press(action) {
  const value = typeof action.value === 'string' ? action.value : null;
  if (action.type === 'openUrl' || action.type === 'call') {
    if (value && safeLink(value)) window.open(value, '_blank', 'noopener');
    return;
  }
  if (action.type === 'messageBack') send(action.text || action.title, { value: action.value }, action.displayText || action.title);
  else if (action.type === 'postBack') send(action.title, { value: action.value });
  else send(value || action.title);
  // With a finger the keyboard would cover the answer: there the composer as a whole takes the focus.
  (matchMedia('(pointer: coarse)').matches ? composer : say).focus({ preventScroll: true });
}

const chips = actions => element('div', 'chips', ...actions.map(action => button('chip', action.title, () => press(action))));

function answers(actions) {
  const isPair = actions.length === 2;
  return element('div', 'answers', ...actions.map(action =>
    button(isPair ? 'btn equal' : actions.length === 1 ? 'btn filled' : 'btn equal', action.title, () => press(action))));
}

/** Lines such as 转给谁：示范街道 become rows. */
function cardBody(text) {
  const made = element('div', 'body');
  let rows = null;
  for (const part of (text || '').split('\n').map(part => part.trim()).filter(part => part)) {
    const row = /^([^：。，\s]{1,8})：\s*(.+)$/.exec(part);
    if (row && !part.endsWith('？')) {
      if (!rows) made.append(rows = element('dl', 'rows'));
      rows.append(element('dt', '', row[1]), element('dd', '', row[2]));
    } else {
      rows = null;
      made.append(element('p', '', ...inline(part)));
    }
  }
  return made;
}

function heroCard(card, label) {
  const made = element('div', 'turn bot', label, element('section', 'card'));
  const section = made.lastElementChild;
  if (card.title) section.append(element('p', 'head', card.title));
  const text = [card.subtitle, card.text].filter(part => part).join('\n');
  if (text) section.append(cardBody(text));
  if (Array.isArray(card.buttons) && card.buttons.length) section.append(answers(card.buttons.filter(action => action && action.title)));
  return made;
}

/** A question of the sign-up with two equal answers, such as a consent. */
function formCard(text, actions, label) {
  const section = element('section', 'card');
  const check = /(?:^|\n)([^\n]*)请核对：([^。\n]+)。([^\n]*)/.exec(text);
  const block = element('div', 'body');
  if (check) {
    section.append(element('p', 'head', '请看一看，对不对？'));
    if (check[1]) block.append(element('p', '', check[1]));
    block.append(element('ul', 'items', ...check[2].split('，').map(item => element('li', '', item))));
    if (check[3]) block.append(element('p', 'soft', check[3]));
    text = text.replace(check[0], '');
  }
  block.append(...paragraphs(text));
  section.append(block, answers(actions));
  return element('div', 'turn bot', label, section);
}

function citations(activity) {
  for (const entity of activity.entities || [])
    if (entity.type === 'https://schema.org/Message' && Array.isArray(entity.citation))
      return entity.citation.filter(claim => claim && claim.appearance && claim.appearance.name)
        .sort((a, b) => a.position - b.position).map(claim => claim.appearance);
  return [];
}

function sourceLine(sources) {
  const full = element('div', 'full');
  full.hidden = true;
  full.id = `s${newId()}`;
  let open = null;
  const cites = element('div', 'cites', '依据：');
  sources.forEach((source, index) => {
    // An inline link, so that a long name wraps like the text around it.
    const link = element('a', 'cite', source.name);
    link.href = `#${full.id}`;
    link.setAttribute('role', 'button');
    link.addEventListener('keydown', event => {
      if (event.key !== ' ') return;
      event.preventDefault();
      link.click();
    });
    link.addEventListener('click', event => {
      event.preventDefault();
      const isOpen = open === link;
      if (open) open.setAttribute('aria-expanded', 'false');
      open = isOpen ? null : link;
      link.setAttribute('aria-expanded', String(!isOpen));
      full.hidden = isOpen;
      full.textContent = '';
      if (isOpen) return;
      full.append(element('b', '', source.text || source.name), source.abstract || '');
      if (source.url && safeLink(source.url)) {
        const address = element('a', '', '看原文');
        address.href = source.url;
        address.target = '_blank';
        address.rel = 'noopener noreferrer';
        full.append(' ', address);
      }
    });
    link.setAttribute('aria-expanded', 'false');
    link.setAttribute('aria-controls', full.id);
    if (index) cites.append('、');
    cites.append(link);
  });
  cites.append(full);
  return element('div', 'source', icon('book'), cites);
}

const voice = 'speechSynthesis' in window && 'SpeechSynthesisUtterance' in window ? window.speechSynthesis : null;
let reading = null;

function readAloud(text) {
  const label = element('span', '', '朗读');
  const made = button('btn quiet', icon('sound'), () => {
    const wasReading = reading === made;
    voice.cancel();
    if (reading) reading.lastChild.textContent = '朗读';
    reading = null;
    if (wasReading) return;
    const spoken = new SpeechSynthesisUtterance(text);
    spoken.lang = 'zh-CN';
    spoken.rate = 0.9;
    spoken.onend = spoken.onerror = () => {
      label.textContent = '朗读';
      if (reading === made) reading = null;
    };
    reading = made;
    label.textContent = '停止';
    voice.speak(spoken);
  });
  made.append(label);
  return made;
}

function tools(activity, sources) {
  const spoken = `${activity.text}${sources.length ? `。依据：${sources.map(source => source.name).join('，')}` : ''}`;
  const made = element('div', 'tools', voice ? readAloud(spoken) : null);
  if (sources.length) {
    const judge = (verdict, thanks) => {
      post({ type: 'event', name: 'outreach/feedback', value: { activityId: activity.id, verdict } });
      for (const old of made.querySelectorAll('.verdict')) old.remove();
      const said = element('span', 'thanks', thanks);
      said.tabIndex = -1;
      made.append(said);
      said.focus({ preventScroll: true });
    };
    made.append(
      button('btn quiet verdict', '有帮助', () => judge('helpful', '谢谢，记下了。')),
      button('btn quiet verdict', '没答对', () => judge('wrong', '记下了。换个说法再问，或者点下面的“找人工”。')));
  }
  return made.childElementCount ? made : null;
}

function showBot(activity) {
  const cards = (activity.attachments || []).filter(a => a && a.contentType === 'application/vnd.microsoft.card.hero' && a.content);
  let actions = choicesOf(activity);
  if (!activity.text && !cards.length) return null;
  timeLine(activity.timestamp);
  for (const old of document.querySelectorAll('#log > .chips')) old.remove();
  const { isStaff, name, label } = speaker(activity);
  const sources = citations(activity);
  const answer = (activity.channelData && activity.channelData.answer) || {};
  let made = null;
  if (activity.text && answer.kind === 'form' && !cards.length && actions.length === 2) {
    made = formCard(activity.text, actions, label);
    actions = [];
  } else if (activity.text) {
    const text = isStaff ? activity.text.replace(/^【[^】]*】\s*/, '') : activity.text;
    const bubble = element('div', isStaff ? 'bubble staff' : 'bubble bot', ...(sources.length ? answerParagraphs(text) : paragraphs(text)));
    if (sources.length) bubble.append(sourceLine(sources));
    made = element('div', 'turn bot', label, isStaff ? null : element('span', 'vh', '助手说：'), bubble);
    if (sources.length || text.length > 60) made.append(tools({ ...activity, text }, sources) || '');
  }
  if (made) log.append(made);
  for (const attachment of cards) {
    const card = heroCard(attachment.content, made ? null : label);
    log.append(card);
    made = made || card;
    const titles = (attachment.content.buttons || []).map(action => action.title);
    actions = actions.filter(action => !titles.includes(action.title));
  }
  if (actions.length) log.append(chips(actions));
  return { element: made, name };
}

/** Shows one activity of the server, once. */
function receive(activity) {
  if (activity.type === 'typing') {
    showTyping(6000);
    return;
  }
  if (!activity.id || shown.has(activity.id)) return;
  shown.add(activity.id);
  if (activity.type !== 'message') return;
  const atEnd = nearEnd();
  if (activity.from && activity.from.role === 'user') {
    const known = activity.channelData && mine.get(activity.channelData.clientActivityID);
    if (known) {
      acknowledge(activity.channelData.clientActivityID);
      return;
    }
    showOwn(activity.text || '（图片或文件）', activity.timestamp);
    if (live) showEnd();
    return;
  }
  hideTyping();
  const made = showBot(activity);
  if (made && live && (atEnd || activity.replyToId)) showEnd(made.element);
}

// ---- typing -----------------------------------------------------------------------------------------------------------------------------------

let typingEnd = 0;

function showTyping(ms) {
  clearTimeout(typingEnd);
  typingEnd = setTimeout(hideTyping, ms);
  if (!typing.hidden) return;
  const atEnd = nearEnd();
  typing.hidden = false;
  typingText.textContent = '助手正在写';
  if (atEnd) showEnd();
}

function hideTyping() {
  clearTimeout(typingEnd);
  typing.hidden = true;
  typingText.textContent = '';
}

// ---- sending ----------------------------------------------------------------------------------------------------------------------------------

const outboxKey = () => `outbox ${conversation}`;

function keepOutbox() {
  try {
    sessionStorage.setItem(outboxKey(), JSON.stringify(outbox));
  } catch (e) {
    // No storage in this browser: a reload loses what was not sent.
  }
}

function acknowledge(id) {
  const own = mine.get(id);
  if (own) setState(own, '已送达', false);
  outbox = outbox.filter(item => item.id !== id);
  keepOutbox();
}

function post(activity) {
  const id = newId();
  outbox.push({ id, activity: { ...activity, from: { id: 'me', role: 'user' }, locale: 'zh-CN', channelData: { clientActivityID: id } } });
  keepOutbox();
  flush();
  return id;
}

function send(text, more, display) {
  const own = showOwn(display || text);
  showEnd();
  if (pendingCommunity) {
    post({ type: 'event', name: 'outreach/community', value: { key: pendingCommunity } });
    pendingCommunity = '';
    history.replaceState(null, '', '/');
  }
  mine.set(post({ type: 'message', text, ...more }), own);
}

const call = (method, path, content) => fetch(api + path, {
  method,
  credentials: 'same-origin',
  headers: { authorization: `Bearer ${token}`, ...(content ? { 'content-type': 'application/json' } : {}) },
  body: content ? JSON.stringify(content) : undefined,
});

/** Sends what is waiting, one after the other; stops when the network does. */
async function flush() {
  if (flushing || !token) return;
  flushing = true;
  try {
    for (let failures = 0; outbox.length && token;) {
      const item = outbox[0], own = mine.get(item.id);
      const slow = setTimeout(() => {
        if (item.activity.type !== 'message') return;
        if (own) setState(own, '正在发', false);
        showTyping(20000);
      }, 400);
      let answer;
      try {
        answer = await call('POST', `conversations/${conversation}/activities`, item.activity);
      } catch (e) {
        markUnsent();
        lost();
        return;
      } finally {
        clearTimeout(slow);
      }
      if (answer.ok) {
        failures = 0;
        shownUpTo();
        acknowledge(item.id);
        hideTyping();
      } else if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
        if (++failures > 2) return;
        try {
          await open();
        } catch (e) {
          markUnsent();
          lost();
          return;
        }
      } else if (answer.status === 429) {
        const seconds = Number(answer.headers.get('retry-after')) || 5;
        if (own) setState(own, `${await reason(answer)}到时自动再发。`, true);
        await wait(seconds * 1000);
      } else if (answer.status >= 500 && ++failures < 3) {
        if (own) setState(own, '还没送到，正在再发', true);
        await wait(failures * 1500);
      } else {
        outbox = outbox.filter(other => other !== item);
        keepOutbox();
        hideTyping();
        const why = await reason(answer);
        failures = 0;
        if (own) setState(own, answer.status >= 500 ? '没有发出去。' : why, true, answer.status >= 500 ? button('btn quiet', '再发一次', () => resend(item)) : null);
      }
    }
  } finally {
    flushing = false;
  }
}

/** Without a socket the answer is fetched at once instead of at the next poll. */
function shownUpTo() {
  if (!socket || socket.readyState !== WebSocket.OPEN) poll().catch(lost);
}

async function reason(answer) {
  try {
    return (await answer.json()).error.message;
  } catch (e) {
    return '没有发出去。';
  }
}

function resend(item) {
  const own = mine.get(item.id);
  if (own) setState(own, '正在发', false);
  outbox.push(item);
  keepOutbox();
  flush();
}

function markUnsent() {
  for (const item of outbox) {
    const own = mine.get(item.id);
    if (own) setState(own, '没有发出去，连上后自动再发', true);
  }
}

// ---- connection -------------------------------------------------------------------------------------------------------------------------------

let socket = null, tries = 0, neverOpened = 0, retry = 0, pollTimer = 0, lastFrame = 0, elsewhere = false, refreshTimer = 0;

// The bar's icon stands in the page from the start: without a network it could not be fetched.
function bar(text, action) {
  const [shownBar] = line.children, [, words, place] = shownBar.children;
  if (words.textContent === text) return;
  words.textContent = text;
  place.textContent = '';
  if (action) place.append(action);
  shownBar.hidden = !text;
}

function lost() {
  if (elsewhere) return;
  hideTyping();
  bar('网络断了，正在重新连接。您写的话不会丢。');
  clearTimeout(retry);
  retry = setTimeout(reconnect, Math.min(15000, 500 * 2 ** Math.min(tries++, 5)) * (0.75 + Math.random() / 2));
}

function found() {
  tries = 0;
  bar('');
  flush();
}

async function expect(answer) {
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** A token of this browser's person, and the conversation's start. */
async function open() {
  const given = await expect(await fetch(`${api}tokens/generate`, { method: 'POST', credentials: 'same-origin' }));
  if (conversation && given.conversationId !== conversation) {
    location.reload();      // another person since (这不是我 in another tab)
    return new Promise(() => {});
  }
  token = given.token;
  conversation = given.conversationId;
  if (given.community && !body.dataset.community) $('where').textContent = given.community.name;
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refresh, 20 * 60 * 1000);
  return given;
}

async function refresh() {
  try {
    token = (await expect(await call('POST', 'tokens/refresh'))).token;
    refreshTimer = setTimeout(refresh, 20 * 60 * 1000);
  } catch (e) {
    // The next call that is refused asks for a new one.
  }
}

function take(set) {
  lastFrame = Date.now();
  for (const activity of set.activities || []) receive(activity);
  if (set.watermark) watermark = set.watermark;
}

/** Everything after the watermark. */
async function poll() {
  for (;;) {
    const set = await expect(await call('GET', `conversations/${conversation}/activities?watermark=${encodeURIComponent(watermark)}`));
    const before = watermark;
    take(set);
    if (!(set.activities || []).length || set.watermark === before) return;
  }
}

function listen(streamUrl) {
  // The page's own host and scheme: behind a proxy the server may not know them.
  const given = new URL(streamUrl);
  const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${given.pathname}?watermark=${encodeURIComponent(watermark)}&t=${encodeURIComponent(given.searchParams.get('t'))}`;
  let wasOpen = false;
  const made = socket = new WebSocket(address);
  made.onopen = () => {
    wasOpen = true;
    neverOpened = 0;
    lastFrame = Date.now();
    clearTimeout(pollTimer);
    found();
  };
  made.onmessage = event => {
    lastFrame = Date.now();
    if (event.data) take(JSON.parse(event.data));
  };
  made.onclose = event => {
    if (socket !== made) return;
    socket = null;
    if (event.reason === 'collision') {
      elsewhere = true;
      bar('您在另一个窗口里打开了这段对话。', button('btn', '在这里继续', goOn));
    } else if (!wasOpen && ++neverOpened >= 2) pollOn();
    else lost();
  };
}

/** Where sockets do not get through, asking does. */
async function pollOn() {
  clearTimeout(pollTimer);
  try {
    await poll();
    found();
    pollTimer = setTimeout(pollOn, document.hidden ? 15000 : 2500);
  } catch (e) {
    lost();
  }
}

let connecting = false;

async function reconnect() {
  if (connecting) return;
  connecting = true;
  clearTimeout(retry);
  try {
    if (!token) await open();
    let answer = await call('GET', `conversations/${conversation}?watermark=${encodeURIComponent(watermark)}`);
    if (answer.status === 401 || answer.status === 403) {
      await open();
      answer = await call('GET', `conversations/${conversation}?watermark=${encodeURIComponent(watermark)}`);
    }
    const given = await expect(answer);
    token = given.token;
    if (neverOpened >= 2) await pollOn();
    else listen(given.streamUrl);
  } catch (e) {
    lost();
  } finally {
    connecting = false;
  }
}

function goOn() {
  elsewhere = false;
  bar('');
  reconnect();
}

function look() {
  if (document.hidden) return;
  if (elsewhere) goOn();
  else if (socket && socket.readyState === WebSocket.OPEN && Date.now() - lastFrame < 45000) return;
  else if (token && !pollTimer) {
    if (socket) {
      socket.onclose = null;
      socket.close();
      socket = null;
    }
    reconnect();
  }
}

document.addEventListener('visibilitychange', look);
window.addEventListener('online', look);
window.addEventListener('offline', () => {
  if (socket) socket.close();
  markUnsent();
  lost();
});
setInterval(look, 20000);

// ---- page -------------------------------------------------------------------------------------------------------------------------------------

let pendingCommunity = '';

function grow() {
  say.style.height = 'auto';
  say.style.height = `${say.scrollHeight + 2}px`;
}

composer.addEventListener('submit', event => {
  event.preventDefault();
  const text = say.value.trim();
  if (!text) {
    say.focus();
    return;
  }
  say.value = '';
  grow();
  send(text);
});
say.addEventListener('input', grow);
say.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  composer.requestSubmit();
});
document.addEventListener('resized', grow);
for (const fixed of document.querySelectorAll('[data-say]')) fixed.addEventListener('click', () => send(fixed.dataset.say));
for (const first of $('first').children) first.addEventListener('click', () => {
  send(first.textContent);
  (matchMedia('(pointer: coarse)').matches ? composer : say).focus({ preventScroll: true });
});
$('not-me').addEventListener('click', async () => {
  try {
    const answer = await fetch(`${api}tokens/forget`, { method: 'POST', credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`${answer.status}`);
    sessionStorage.clear();
    location.replace('/');
  } catch (e) {
    bar('网络断了，没有退出来。请再点一次。');
  }
});

async function begin() {
  try {
    await open();
    const given = await expect(await call('POST', 'conversations', { user: {} }));
    token = given.token;
    await poll();
    try {
      const kept = JSON.parse(sessionStorage.getItem(outboxKey()) || '[]').filter(item => !outbox.some(other => other.id === item.id));
      outbox = [...kept, ...outbox];
    } catch (e) {
      // Nothing was kept.
    }
    for (const item of outbox)
      if (item.activity.type === 'message' && !mine.has(item.id)) mine.set(item.id, showOwn(item.activity.text));
    const hasHistory = shown.size > 0;
    $('again').hidden = !hasHistory;
    $('first').hidden = hasHistory || mine.size > 0;
    if (!lastTime) {
      greeting.before(element('p', 'day', timeText(new Date())));
      lastTime = Date.now();
    }
    if (hasHistory) showEnd();
    log.setAttribute('aria-live', 'polite');
    live = true;
    listen(given.streamUrl);
    const asked = new URLSearchParams(location.search);
    if (body.dataset.community && asked.get('c')) {
      pendingCommunity = body.dataset.community;
      if (asked.get('say') === 'sign-up') send('我想报名');
    }
  } catch (e) {
    clearTimeout(retry);
    bar('网络断了，正在重新连接。您写的话不会丢。');
    retry = setTimeout(begin, Math.min(15000, 500 * 2 ** Math.min(tries++, 5)));
  }
}

history.scrollRestoration = 'manual';     // history ends at the newest message
$('no-script').remove();
begin();
