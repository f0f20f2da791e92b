// What was said, as bubbles and cards in the log.
import { heroCard } from './cards.js';
import { $, button, element, focusComposer, icon, log, safeLink } from './page.js';
import { sourceLine, sourcesOf } from './sources.js';
import { readAloud } from './speech.js';
import { answerParagraphs, paragraphs, timeText, withoutGround } from './text.js';

/** What buttons do; the page connects them. */
export const doing = { say() {}, judge() {} };

const typing = $('typing'), typingText = $('typing-text');
let lastTime = 0, lastSpeaker = 'bot', typingEnd = 0;

/** A line with the time where half an hour lies between two messages. */
function timeLine(timestamp) {
  const time = timestamp ? new Date(timestamp) : new Date();
  if (lastTime && time - lastTime < 30 * 60 * 1000) return;
  lastTime = time.getTime();
  lastSpeaker = '';
  log.append(element('p', 'day', timeText(time)));
}

/** The time over the greeting, where no message has brought one. */
export function firstTime(greeting) {
  if (lastTime) return;
  greeting.before(element('p', 'day', timeText(new Date())));
  lastTime = Date.now();
}

export const nearEnd = () => window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 160;

export function showEnd(target) {
  const page = document.documentElement;
  // A long answer starts at its beginning.
  const top = target ? target.getBoundingClientRect().top + window.scrollY - 76 : page.scrollHeight;
  window.scrollTo(0, Math.min(top, page.scrollHeight));
}

function dropChoices() {
  for (const old of document.querySelectorAll('#log > .chips, .card .answers, .card .change')) old.remove();
  $('first').hidden = true;
}

/** The owner's bubble; returns the element and its state line. */
export function showOwn(text, timestamp) {
  timeLine(timestamp);
  dropChoices();
  lastSpeaker = 'owner';
  const state = element('span', 'state');
  const made = element('div', 'turn owner', element('span', 'vh', '您说：'), element('div', 'bubble owner', text), state);
  log.append(made);
  return { element: made, state };
}

export function setState(own, text, isTrouble, action) {
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
  if (action.type === 'messageBack') doing.say(action.text || action.title, { value: action.value }, action.displayText || action.title);
  else if (action.type === 'postBack') doing.say(action.title, { value: action.value });
  else doing.say(value || action.title);
  focusComposer();
}

const chips = actions => element('div', 'chips', ...actions.map(action => button('chip', action.title, () => press(action))));

function tools(activity, text, sources) {
  const made = element('div', 'tools', readAloud(`${text}${sources.length ? `。依据：${sources.map(source => source.name).join('，')}` : ''}`));
  if (sources.length) {
    const judge = (verdict, thanks) => {
      doing.judge(activity.id, verdict);
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
  return made.childElementCount ? made : '';
}

/** Pictures of ours only; the shape is known before the bytes are, so nothing jumps. One that does not load says what it shows. */
function pictureOf(attachment) {
  const said = attachment.name || '图片';
  const words = () => element('p', 'soft', `图片：${said}`);
  let path = '';
  try {
    path = new URL(attachment.contentUrl, location.href).pathname;
  } catch (e) {
    return words();
  }
  if (!path.startsWith('/pictures/')) return words();
  const made = element('img', 'picture');
  made.alt = said;
  if (attachment.width > 0 && attachment.height > 0) [made.width, made.height] = [attachment.width, attachment.height];
  made.addEventListener('error', () => made.replaceWith(words()));
  made.src = path;
  return made;
}

/** A message of the assistant or of staff. Returns its element; null where there is nothing to show. */
export function showBot(activity) {
  const cards = (activity.attachments || []).filter(a => a && a.contentType === 'application/vnd.microsoft.card.hero' && a.content).map(a => a.content);
  const pictures = (activity.attachments || []).filter(a => a && a.contentUrl && /^image\//.test(a.contentType));
  if (!activity.text && !cards.length) return null;
  timeLine(activity.timestamp);
  for (const old of document.querySelectorAll('#log > .chips')) old.remove();
  const { isStaff, label } = speaker(activity);
  const made = element('div', 'turn bot', label);
  if (activity.text) {
    const sources = sourcesOf(activity);
    const text = isStaff ? activity.text.replace(/^【[^】]*】\s*/, '') : sources.length ? withoutGround(activity.text) : activity.text;
    const marked = (activity.entities || []).find(entity => entity && entity.type === 'outreach/marked');
    const bubble = element('div', isStaff ? 'bubble staff' : 'bubble bot', ...(sources.length ? answerParagraphs(text) : paragraphs(marked && marked.text || text)));
    if (sources.length) bubble.append(sourceLine(sources));
    bubble.append(...pictures.map(pictureOf));
    made.append(isStaff ? '' : element('span', 'vh', '助手说：'), bubble);
    const aloud = [text, ...pictures.map(picture => `图片：${picture.name || ''}`)].join('\n');
    if (!cards.length && (sources.length || text.length > 60)) made.append(tools(activity, aloud, sources));
  }
  made.append(...cards.map(card => heroCard(card, press)));
  if (cards.length) made.append(tools(activity, activity.summary || cards.map(card => `${card.title || ''}\n${card.text || ''}`).join('\n'), []));
  log.append(made);
  const inCards = new Set(cards.flatMap(card => (card.buttons || []).map(action => action.title)));
  const actions = choicesOf(activity).filter(action => !inCards.has(action.title));
  if (actions.length) log.append(chips(actions));
  return made;
}

export function showTyping(ms, draft) {
  clearTimeout(typingEnd);
  typingEnd = setTimeout(hideTyping, ms);
  if (draft) showDraft(draft);
  if (!typing.hidden) return;
  const atEnd = nearEnd();
  typing.hidden = false;
  typingText.textContent = '助手正在写';
  if (atEnd) showEnd();
}

/* The beginning of an answer that is still being written. Not read aloud: the answer itself will be. */
function showDraft(text) {
  let words = typing.querySelector('.draft');
  if (!words) {
    words = document.createElement('p');
    words.className = 'draft';
    words.setAttribute('aria-hidden', 'true');
    typing.firstElementChild.prepend(words);
  }
  words.textContent = text;
}

export function hideTyping() {
  clearTimeout(typingEnd);
  typing.querySelector('.draft')?.remove();
  typing.hidden = true;
  typingText.textContent = '';
}
