// The page's fixed parts, and how new ones are made. Nothing that people wrote is ever read as HTML.
export const $ = id => document.getElementById(id);
export const body = document.body, log = $('log'), say = $('say'), composer = $('composer');

export const wait = ms => new Promise(done => setTimeout(done, ms));
export const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), n => n.toString(36)).join('');
export const safeLink = address => /^(https?:\/\/|tel:|\/(?!\/))/i.test(address) ? address : null;

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

export function button(className, label, onPress) {
  const made = element('button', className, label);
  made.type = 'button';
  made.addEventListener('click', onPress);
  return made;
}

export function link(address, words) {
  const made = element('a', '', words);
  made.href = address;
  made.target = '_blank';
  made.rel = 'noopener noreferrer';
  return made;
}

// With a finger the keyboard would cover the answer: there the composer as a whole takes the focus.
export const focusComposer = () => (matchMedia('(pointer: coarse)').matches ? composer : say).focus({ preventScroll: true });
