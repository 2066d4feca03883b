// What opens over a phone: menus, questions, the big picture, toasts and alerts. One at a time; Escape closes it.
import { el, icon, iconButton, chatAvatar } from './dom.js';
import { fileAddress } from './live.js';

// openOver puts a panel over a phone's screen and gives a function that closes it.
export function openOver(screen, panel, { label, modal = true, onclose } = {}) {
  const back = document.activeElement;
  const veil = el('div', { class: `veil${modal ? '' : ' clear'}` }, panel);
  if (label) panel.setAttribute('aria-label', label);
  const close = () => {
    if (!veil.isConnected) return;
    veil.remove();
    onclose?.();
    if (back?.isConnected) back.focus({ preventScroll: true });
  };
  veil.addEventListener('mousedown', (e) => e.target === veil && close());
  veil.addEventListener('contextmenu', (e) => {
    e.preventDefault();
    if (e.target === veil) close();
  });
  veil.addEventListener('keydown', (e) => keep(e, panel, close));
  screen.querySelectorAll(':scope > .veil').forEach((v) => v.remove());
  screen.append(veil);
  (panel.querySelector('[autofocus], input, [role="menuitem"], button') || panel).focus({ preventScroll: true });
  return close;
}

// keep holds the focus in the panel: arrows walk through a menu, Tab stays inside, Escape closes.
function keep(e, panel, close) {
  const all = [...panel.querySelectorAll('button:not([disabled]), input, textarea, a[href]')];
  const at = all.indexOf(document.activeElement);
  const steps = { ArrowDown: 1, ArrowUp: -1, Tab: e.shiftKey ? -1 : 1 };
  if (e.key === 'Escape') {
    e.stopPropagation();
    close();
  } else if (steps[e.key] && all.length && !(e.key !== 'Tab' && /input|textarea/i.test(document.activeElement.tagName))) {
    e.preventDefault();
    all[(at + steps[e.key] + all.length) % all.length].focus();
  }
}

// openMenu shows deeds at a place. items: [{icon, words, act, danger, checked}], `above` is a node over them (reactions).
export function openMenu(screen, at, items, { label, above } = {}) {
  const list = el('div', { class: 'menu', role: 'menu', tabindex: '-1' });
  const close = openOver(screen, list, { label, modal: false });
  if (above) list.append(above(close));
  for (const item of items.filter(Boolean)) {
    list.append(el('button', {
      type: 'button', role: item.checked === undefined ? 'menuitem' : 'menuitemradio', 'aria-checked': item.checked === undefined ? null : String(item.checked),
      class: item.danger ? 'menu-item danger' : 'menu-item', 'data-menu': item.name, onclick: () => {
        close();
        item.act();
      },
    }, icon(item.icon), el('span', {}, el('bdi', { text: item.words })), item.checked ? icon('check') : null));
  }
  placeAt(list, screen, at);
  list.querySelector('.menu-item')?.focus({ preventScroll: true });
  return close;
}

// placeAt keeps the menu within the phone.
function placeAt(list, screen, at) {
  const box = screen.getBoundingClientRect();
  const [wide, high] = screen === document.body ? [innerWidth, innerHeight] : [screen.clientWidth, screen.clientHeight];
  const x = Math.min(Math.max(8, at.x - box.left - screen.clientLeft), Math.max(8, wide - list.offsetWidth - 8));
  const y = Math.min(Math.max(8, at.y - box.top - screen.clientTop), Math.max(8, high - list.offsetHeight - 8));
  list.style.left = `${x}px`;
  list.style.top = `${y}px`;
}

// underOf is the place just under a button, for its menu.
export function underOf(node) {
  const box = node.getBoundingClientRect();
  return { x: getComputedStyle(node).direction === 'rtl' ? box.left : box.right - 200, y: box.bottom + 4 };
}

// ask shows a small form. fields: [{name, words, dir, optional}]; act gets the values.
export function ask(screen, say, { title, fields = [], yes, danger, act }) {
  const form = el('form', { class: 'dialog', role: 'dialog', 'aria-modal': 'true' }, el('h2', { text: title }));
  for (const f of fields) {
    form.append(el('label', {}, el('span', { text: f.words }), el('input', { name: f.name, dir: f.dir || 'auto', placeholder: f.hint, required: !f.optional, autocomplete: 'off' })));
  }
  const close = openOver(screen, form, { label: title });
  form.append(el('div', { class: 'dialog-keys' },
    el('button', { type: 'button', class: 'flat', text: say('cancel'), onclick: () => close() }),
    el('button', { type: 'submit', class: danger ? 'solid danger' : 'solid', text: yes })));
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    close();
    act(values);
  });
  (form.querySelector('input') || form.querySelector('.solid')).focus();
}

// pickChat asks for one of a person's chats.
export function pickChat(screen, say, heads, act, title = say('forward_to')) {
  const list = el('div', { class: 'dialog list', role: 'dialog', 'aria-modal': 'true' }, el('h2', { text: title }));
  const close = openOver(screen, list, { label: title });
  if (!heads.length) list.append(el('p', { class: 'nothing', text: say('no_chats') }));
  for (const h of heads) {
    list.append(el('button', {
      type: 'button', class: 'pick', 'data-pick': String(h.id), onclick: () => {
        close();
        act(h);
      },
    }, chatAvatar(h), el('bdi', { text: h.title })));
  }
  list.querySelector('button')?.focus();
}

// bigPhoto shows a picture as large as the phone allows.
export function bigPhoto(screen, say, photo) {
  const box = el('div', { class: 'big-photo', role: 'dialog', 'aria-modal': 'true', tabindex: '-1' }, el('img', { src: fileAddress(photo.file_id), alt: say('photo') }));
  const close = openOver(screen, box, { label: say('photo') });
  box.append(iconButton('close', say('close'), () => close()));
  box.addEventListener('click', (e) => e.target === box && close());
  box.querySelector('button').focus();
}

// alertBox is an answer that wants an OK.
export function alertBox(screen, say, title, text) {
  const box = el('div', { class: 'dialog alert', role: 'alertdialog', 'aria-modal': 'true', 'data-alert': '' },
    el('h2', { dir: 'auto', text: title }), el('div', { class: 'alert-words' }, text.split('\n').map((l) => el('p', { dir: 'auto', text: l }))));
  const close = openOver(screen, box, { label: title });
  box.append(el('div', { class: 'dialog-keys' }, el('button', { type: 'button', class: 'solid', text: say('ok'), onclick: () => close() })));
  box.querySelector('button').focus();
}

// toast shows a short answer for a few seconds.
export function toast(screen, text) {
  screen.querySelectorAll(':scope > .toast').forEach((t) => t.remove());
  const node = el('div', { class: 'toast', role: 'status', 'data-toast': '', dir: 'auto', text });
  screen.append(node);
  setTimeout(() => node.remove(), 2500 + text.length * 45);
}
