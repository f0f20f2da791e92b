// Hero cards: lines such as 转给谁：示范街道 become rows, and a button 改房号 belongs to the row 房号.
import { button, element } from './page.js';
import { inline, paragraphs } from './text.js';

const rowOf = line => {
  const found = /^([^：。，\s]{1,8})：\s*(.+)$/.exec(line);
  return found && !line.endsWith('？') && !/^(https?:)?\//.test(found[2]) ? { label: found[1], value: found[2] } : null;
};

function rows(lines, buttons, press) {
  const isChangeable = lines.some(row => buttons.some(action => action.title === `改${row.label}`));
  const made = element('dl', isChangeable ? 'rows lined' : 'rows');
  for (const row of lines) {
    const cells = [element('dt', '', row.label), element('dd', '', row.value)];
    const change = buttons.find(action => action.title === `改${row.label}`);
    if (change) {
      const fix = button('btn quiet', '改', () => press(change));
      fix.setAttribute('aria-label', change.title);
      cells.push(element('dd', 'change', fix));
    }
    made.append(...(isChangeable ? [element('div', '', ...cells)] : cells));
  }
  return made;
}

/** @param press what a button does: gets its action */
export function heroCard(card, press) {
  const section = element('section', 'card');
  if (card.title) section.append(element('p', 'head', card.title));
  const buttons = (Array.isArray(card.buttons) ? card.buttons : []).filter(action => action && action.title);
  const block = element('div', 'body');
  const labels = new Set();
  let open = [];
  const close = () => {
    if (open.length) block.append(rows(open, buttons, press));
    open = [];
  };
  for (const line of [card.subtitle, card.text].filter(part => part).join('\n').split('\n').map(part => part.trim()).filter(part => part)) {
    const row = rowOf(line);
    if (row) {
      labels.add(`改${row.label}`);
      open.push(row);
    } else {
      close();
      block.append(...(line.startsWith('完整说明：') ? paragraphs(line) : [element('p', '', ...inline(line))]));
    }
  }
  close();
  if (block.childElementCount) section.append(block);
  const choices = buttons.filter(action => !labels.has(action.title));
  // Choices of consent look exactly equal; one button alone is the one to press.
  if (choices.length) section.append(element('div', 'answers', ...choices.map(action =>
    button(choices.length === 1 ? 'btn filled' : 'btn equal', action.title, () => press(action)))));
  return section;
}
