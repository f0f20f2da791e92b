// What the owner wrote and the server has not acknowledged: kept over reloads, sent in order, each under one clientActivityID over every try.
import { askSoon, conversationId, hasToken, lost, open, postActivity } from './connection.js';
import { hideTyping, setState, showEnd, showOwn, showTyping } from './messages.js';
import { button, newId, wait } from './page.js';

const mine = new Map();         // clientActivityID → { element, state } of messages written here
let outbox = [];                // oldest first
let flushing = false;

const key = () => `outbox ${conversationId()}`;

function keepOutbox() {
  try {
    sessionStorage.setItem(key(), JSON.stringify(outbox));
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

/** @param own the bubble that shows it, if one does */
export function post(activity, own) {
  const id = newId();
  if (own) mine.set(id, own);
  outbox.push({ id, activity: { ...activity, from: { id: 'me', role: 'user' }, locale: 'zh-CN', channelData: { clientActivityID: id } } });
  keepOutbox();
  flush();
}

/** Says words as the owner. */
export function say(text, more, display) {
  const own = showOwn(display || text);
  showEnd();
  post({ type: 'message', text, ...more }, own);
}

/** Whether a message from the server was written on this page; it is acknowledged then. */
export function isMine(activity) {
  const id = activity.channelData && activity.channelData.clientActivityID;
  if (!mine.has(id)) return false;
  acknowledge(id);
  return true;
}

/** Takes up what the page before this one did not get sent. Returns whether anything waits to be sent. */
export function takeUp() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key()) || '[]').filter(item => !outbox.some(other => other.id === item.id));
    outbox = [...kept, ...outbox];
  } catch (e) {
    // Nothing was kept.
  }
  for (const item of outbox)
    if (item.activity.type === 'message' && !mine.has(item.id)) mine.set(item.id, showOwn(item.activity.text));
  return mine.size > 0;
}

/** Sends what is waiting, one after the other; stops when the network does. */
export async function flush() {
  if (flushing || !hasToken()) return;
  flushing = true;
  try {
    for (let failures = 0; outbox.length && hasToken();) {
      const item = outbox[0], own = mine.get(item.id);
      const slow = setTimeout(() => {
        // The stream may have brought the message back before the answer to its sending: then it is there.
        if (item.activity.type !== 'message' || !outbox.includes(item)) return;
        if (own) setState(own, '正在发', false);
        showTyping(20000);
      }, 400);
      let answer;
      try {
        answer = await postActivity(item.activity);
      } catch (e) {
        markUnsent();
        lost();
        return;
      } finally {
        clearTimeout(slow);
      }
      if (answer.ok) {
        failures = 0;
        askSoon();
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

export function markUnsent() {
  for (const item of outbox) {
    const own = mine.get(item.id);
    if (own) setState(own, '没有发出去，连上后自动再发', true);
  }
}
