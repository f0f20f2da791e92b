// The owners' chat: a small Direct Line client. The server's rows are the truth: everything shown comes from the stream or from polling and is known by its id.
// Syntax of Chromium 86.
import { again, bar, callAsPerson, listen, on, start } from './chat/connection.js';
import { doing, firstTime, hideTyping, nearEnd, showBot, showEnd, showOwn, showTyping } from './chat/messages.js';
import { flush, isMine, markUnsent, post, say as sayAloud, takeUp } from './chat/outbox.js';
import { $, body, composer, focusComposer, log, say } from './chat/page.js';

const greeting = log.firstElementChild;
const shown = new Set();        // ids of activities on the page
let live = false;               // history is loaded: new messages are announced
const asked = new URLSearchParams(location.search);
// From whose page the owner came: told before the first words, even when those are written while the page still starts.
let pendingCommunity = asked.get('c') ? body.dataset.community || '' : '';

/** Shows one activity of the server, once. */
function receive(activity) {
  if (activity.type === 'typing') {
    showTyping(6000, activity.text);
    return;
  }
  if (!activity.id || shown.has(activity.id)) return;
  shown.add(activity.id);
  if (activity.type !== 'message') return;
  const atEnd = nearEnd();
  if (activity.from && activity.from.role === 'user') {
    if (isMine(activity)) return;
    showOwn(activity.text || '（图片或文件）', activity.timestamp);
    if (live) showEnd();
    return;
  }
  hideTyping();
  const made = showBot(activity);
  if (made && live && (atEnd || activity.replyToId)) showEnd(made);
}

function send(text, more, display) {
  if (pendingCommunity) {
    post({ type: 'event', name: 'outreach/community', value: { key: pendingCommunity } });
    pendingCommunity = '';
    history.replaceState(null, '', '/');
  }
  sayAloud(text, more, display);
}

doing.say = send;
doing.judge = (activityId, verdict) => post({ type: 'event', name: 'outreach/feedback', value: { activityId, verdict } });
on.activity = receive;
on.found = flush;
on.lost = hideTyping;
on.offline = markUnsent;

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
  focusComposer();
});
$('not-me').addEventListener('click', async () => {
  try {
    const answer = await callAsPerson('tokens/forget');
    if (!answer.ok) throw new Error(`${answer.status}`);
    sessionStorage.clear();
    location.replace('/');
  } catch (e) {
    bar('网络断了，没有退出来。请再点一次。');
  }
});

async function begin() {
  try {
    const streamUrl = await start();
    const hasUnsent = takeUp();
    const hasHistory = shown.size > 0;
    $('again').hidden = !hasHistory;
    $('first').hidden = hasHistory || hasUnsent;
    firstTime(greeting);
    if (hasHistory) showEnd();
    log.setAttribute('aria-live', 'polite');
    live = true;
    listen(streamUrl);
    if (pendingCommunity && asked.get('say') === 'sign-up') send('我想报名');
  } catch (e) {
    again(begin);
  }
}

history.scrollRestoration = 'manual';     // history ends at the newest message
$('no-script').remove();
begin();
