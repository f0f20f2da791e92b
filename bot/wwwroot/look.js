// Text size: a cookie that the server writes into the page's first line next time.
const root = document.documentElement;
const button = document.getElementById('size');

if (button) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const large = root.getAttribute('data-text') !== 'large';
    if (large) root.setAttribute('data-text', 'large');
    else root.removeAttribute('data-text');
    button.lastElementChild.textContent = large ? '小字' : '大字';
    document.cookie = `text=${large ? 'large' : ''}; path=/; samesite=lax; max-age=${large ? 31536000 : 0}`;
    button.dispatchEvent(new CustomEvent('resized', { bubbles: true }));
  });
}
