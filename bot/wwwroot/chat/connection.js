// The line to the server: Direct Line over a socket, by asking where sockets do not get through, again and again until it holds.
import { $, body, button } from './page.js';

const api = '/v3/directline/';

/** What the page does with what comes; it connects these. */
export const on = { activity() {}, found() {}, lost() {}, offline() {} };

let token = '', conversation = '', watermark = '';
let socket = null, tries = 0, neverOpened = 0, retry = 0, pollTimer = 0, lastFrame = 0, elsewhere = false, refreshTimer = 0, connecting = false;

export const hasToken = () => token !== '';
export const conversationId = () => conversation;

export const call = (method, path, content) => fetch(api + path, {
  method,
  credentials: 'same-origin',
  headers: { authorization: `Bearer ${token}`, ...(content ? { 'content-type': 'application/json' } : {}) },
  body: content ? JSON.stringify(content) : undefined,
});

/** Calls that the cookie alone answers. */
export const callAsPerson = path => fetch(api + path, { method: 'POST', credentials: 'same-origin' });

export const postActivity = activity => call('POST', `conversations/${conversation}/activities`, activity);

// The bar's icon stands in the page from the start: without a network it could not be fetched.
export function bar(text, action) {
  const [shownBar] = $('line').children, [, words, place] = shownBar.children;
  if (words.textContent === text) return;
  words.textContent = text;
  place.textContent = '';
  if (action) place.append(action);
  shownBar.hidden = !text;
}

export function lost() {
  if (elsewhere) return;
  on.lost();
  bar('网络断了，正在重新连接。您写的话不会丢。');
  clearTimeout(retry);
  retry = setTimeout(reconnect, Math.min(15000, 500 * 2 ** Math.min(tries++, 5)) * (0.75 + Math.random() / 2));
}

function found() {
  tries = 0;
  bar('');
  on.found();
}

async function expect(answer) {
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** A token of this browser's person, and the conversation's start. */
export async function open() {
  const given = await expect(await callAsPerson('tokens/generate'));
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
  for (const activity of set.activities || []) on.activity(activity);
  if (set.watermark) watermark = set.watermark;
}

/** Everything after the watermark. */
export async function poll() {
  for (;;) {
    const set = await expect(await call('GET', `conversations/${conversation}/activities?watermark=${encodeURIComponent(watermark)}`));
    const before = watermark;
    take(set);
    if (!(set.activities || []).length || set.watermark === before) return;
  }
}

export function listen(streamUrl) {
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
    pollTimer = 0;
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

/** Without a socket the answer is fetched at once instead of at the next poll. */
export function askSoon() {
  if (!socket || socket.readyState !== WebSocket.OPEN) poll().catch(lost);
}

/** The first token and the history; the stream follows from listen. */
export async function start() {
  await open();
  const given = await expect(await call('POST', 'conversations', { user: {} }));
  token = given.token;
  await poll();
  return given.streamUrl;
}

/** Nothing came at the first try: the same again a little later. */
export function again(begin) {
  clearTimeout(retry);
  bar('网络断了，正在重新连接。您写的话不会丢。');
  retry = setTimeout(begin, Math.min(15000, 500 * 2 ** Math.min(tries++, 5)));
}

document.addEventListener('visibilitychange', look);
window.addEventListener('online', look);
window.addEventListener('offline', () => {
  if (socket) socket.close();
  on.offline();
  lost();
});
// Another window keeps the stream until somebody comes back to this one: two that are both in sight would take it from each other for ever.
setInterval(() => elsewhere || look(), 20000);
