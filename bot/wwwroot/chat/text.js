// Plain words as nodes: **bold**, [words](address) and bare addresses.
import { element, link, safeLink } from './page.js';

export function inline(text) {
  const nodes = [];
  const pattern = /\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s，。；！？）】》”]+)/g;
  let at = 0, found;
  while ((found = pattern.exec(text)) !== null) {
    if (found.index > at) nodes.push(text.slice(at, found.index));
    const address = found[3] || found[4];
    if (found[1]) nodes.push(element('b', '', found[1]));
    else nodes.push(safeLink(address) ? link(address, found[2] || found[4]) : found[0]);
    at = found.index + found[0].length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

export const paragraphs = text => text.replace(/完整说明：((?:https?:\/\/|\/)[^\s，。]+)/g, '[完整说明]($1)').split('\n')
  .map(part => part.trim()).filter(part => part).map(part => element('p', '', ...inline(part)));

/** An answer without its 依据 lines: the page shows the sources themselves. */
export const withoutGround = text => text.split('\n').filter(line => !line.startsWith('依据：《')).join('\n').trimEnd();

/** 先答后说: the first sentence of an answer stands out, or its first clause where the sentence is long. */
export function answerParagraphs(text) {
  const made = paragraphs(text);
  const first = made[0] && made[0].firstChild;
  const clause = first && first.nodeType === 3
    && (/^[^。；？]{1,32}[。；]/.exec(first.data) || /^(?!如果|要是|按|先|已经|根据|全体)[^，。；：？]{1,24}(?=[，：])/.exec(first.data));
  if (clause) first.replaceWith(element('b', '', clause[0]), first.data.slice(clause[0].length));
  return made;
}

/** 11月24日 周二 上午9:08, with the year only when it is another. */
export function timeText(date) {
  const hours = date.getHours();
  return `${date.getFullYear() === new Date().getFullYear() ? '' : `${date.getFullYear()}年`}${date.getMonth() + 1}月${date.getDate()}日 周${'日一二三四五六'[date.getDay()]} `
    + `${hours < 12 ? '上午' : '下午'}${hours % 12 || 12}:${String(date.getMinutes()).padStart(2, '0')}`;
}
