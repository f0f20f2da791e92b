// How the page looks: text size and colours are cookies that the server writes into the page's first line next time.
const root = document.documentElement;
const size = document.getElementById('size'), colours = document.getElementById('colours'), print = document.getElementById('print');

function keep(name, value) {
  if (value) root.setAttribute(`data-${name}`, value);
  else root.removeAttribute(`data-${name}`);
  document.cookie = `${name}=${value}; path=/; samesite=lax; max-age=${value ? 31536000 : 0}`;
}

if (size) {
  size.hidden = false;
  size.addEventListener('click', () => {
    const isLarge = root.getAttribute('data-text') !== 'large';
    keep('text', isLarge ? 'large' : '');
    size.lastElementChild.textContent = isLarge ? '小字' : '大字';
    size.dispatchEvent(new CustomEvent('resized', { bubbles: true }));
  });
}

if (colours) {
  colours.hidden = false;
  for (const choice of colours.querySelectorAll('[data-colours]')) choice.addEventListener('click', () => {
    keep('theme', choice.dataset.colours);
    for (const other of colours.querySelectorAll('[data-colours]')) other.setAttribute('aria-pressed', String(other === choice));
  });
}

if (print) {
  print.hidden = false;
  print.addEventListener('click', () => window.print());
}
