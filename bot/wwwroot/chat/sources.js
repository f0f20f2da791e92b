// 依据: the line under an answer, whose sources open in place.
import { element, icon, link, newId, safeLink } from './page.js';

/** The sources of an activity in their order: name, text (full title), abstract (one note a line), url. */
export function sourcesOf(activity) {
  for (const entity of activity.entities || [])
    if (entity.type === 'https://schema.org/Message' && Array.isArray(entity.citation))
      return entity.citation.filter(claim => claim && claim.appearance && claim.appearance.name)
        .sort((a, b) => a.position - b.position).map(claim => claim.appearance);
  return [];
}

// △ and 〔未核对〕 are warnings: they stand out from the dates.
const note = words => element('span', /^(△|〔)/.test(words) ? 'note doubt' : 'note', words);

function fill(full, source) {
  full.append(element('b', '', source.text || source.name), ...(source.abstract || '').split('\n').filter(words => words).map(note));
  if (source.url && safeLink(source.url)) full.append(link(source.url, '看原文'));
}

export function sourceLine(sources) {
  const full = element('div', 'full');
  full.hidden = true;
  full.id = `s${newId()}`;
  let open = null;
  const cites = element('div', 'cites', '依据：');
  sources.forEach((source, index) => {
    // An inline link, so that a long name wraps like the text around it.
    const cite = element('a', 'cite', source.name);
    cite.href = `#${full.id}`;
    cite.setAttribute('role', 'button');
    cite.setAttribute('aria-expanded', 'false');
    cite.setAttribute('aria-controls', full.id);
    cite.addEventListener('keydown', event => {
      if (event.key !== ' ') return;
      event.preventDefault();
      cite.click();
    });
    cite.addEventListener('click', event => {
      event.preventDefault();
      const isOpen = open === cite;
      if (open) open.setAttribute('aria-expanded', 'false');
      open = isOpen ? null : cite;
      cite.setAttribute('aria-expanded', String(!isOpen));
      full.hidden = isOpen;
      full.textContent = '';
      if (isOpen) return;
      fill(full, source);
      full.scrollIntoView({ block: 'nearest' });
    });
    if (index) cites.append('、');
    cites.append(cite);
  });
  cites.append(full);
  return element('div', 'source', icon('book'), cites);
}
