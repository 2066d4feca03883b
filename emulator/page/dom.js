// Small hands for the document: elements, icons, the direction of a line, colours of people. Text always goes in as text.

// el makes an element. Properties: class, text, on<event> (a function), anything else is an attribute.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'text') node.textContent = value;
  else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name === 'class' ? 'class' : name, value === true ? '' : value);
}

// The icons are strokes on a field of 24.
const icons = {
  back: 'M15 5l-7 7 7 7', more: 'M12 5.5v.01M12 12v.01M12 18.5v.01', close: 'M6 6l12 12M18 6L6 18',
  send: 'M4 12l16-8-6 16-3-6.5z', clip: 'M20 11.5l-8.2 8.2a5 5 0 01-7.1-7.1l8.6-8.6a3.3 3.3 0 014.7 4.7l-8.5 8.5a1.6 1.6 0 01-2.3-2.3l7.6-7.6',
  mic: 'M12 3.5a3 3 0 013 3v5a3 3 0 01-6 0v-5a3 3 0 013-3zM6 11.5a6 6 0 0012 0M12 17.5v3', stop: 'M7 7h10v10H7z',
  menu: 'M4.5 7h15M4.5 12h15M4.5 17h15', slash: 'M4 5h16v14H4zM13.5 8l-3 8', keys: 'M4 6.5h16v11H4zM7.5 10v.01M12 10v.01M16.5 10v.01M8.5 14h7',
  down: 'M12 5v14M6 13l6 6 6-6', plus: 'M12 5v14M5 12h14', check: 'M3 12.5l4 4 8-9', checks: 'M1.5 13l4.5 4.5L15 7M10.5 16.5l1 1L21 7',
  reply: 'M9 7l-5 5 5 5M4 12h9a6 6 0 016 6', copy: 'M9 9h10v10H9zM15 9V5H5v10h4', forward: 'M15 7l5 5-5 5M20 12h-9a6 6 0 00-6 6',
  edit: 'M5 19l1-4L16 5l3 3L9 18z', trash: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12', photo: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.01',
  file: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4', wave: 'M5 10v4M9 7v10M13 4v16M17 8v8M21 11v2', spark: 'M12 3l2 6 6 2-6 2-2 6-2-6-6-2 6-2z',
  pin: 'M9 4h6l-1 6 3 3H7l3-3zM12 13v7', sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5',
  cloud: 'M7.5 18.5a4 4 0 01-.6-7.95 5.2 5.2 0 0110-1.3A4.6 4.6 0 0117 18.5z', heart: 'M12 19.5C6 15.5 3.8 12.3 3.8 9.2A4.2 4.2 0 0112 7.6a4.2 4.2 0 018.2 1.6c0 3.1-2.2 6.3-8.2 10.3z',
  clock: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4.5l3 2', bolt: 'M13 3L5 13.5h6L10 21l8-10.5h-6z', chat: 'M5 5h14v11H11l-4 4v-4H5z',
  link: 'M10 14a4 4 0 005.7 0l3-3A4 4 0 0013 5.3l-1 1M14 10a4 4 0 00-5.7 0l-3 3A4 4 0 0011 18.7l1-1', globe: 'M12 4a8 8 0 100 16 8 8 0 000-16zM4 12h16M12 4c5 5 5 11 0 16M12 4c-5 5-5 11 0 16',
  users: 'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM3 20c0-4 2.5-6 6-6s6 2 6 6M16 11a3 3 0 100-6M17 14c2.6.3 4 2.3 4 5', megaphone: 'M4 10v4h3l8 4V6l-8 4zM18 9.5a4 4 0 010 5',
  block: 'M12 4a8 8 0 100 16 8 8 0 000-16zM6.5 6.5l11 11', chevron: 'M7 10l5 5 5-5', door: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9', shield: 'M12 3.5l7 2.5v5c0 5-3 8-7 9.5C8 19 5 16 5 11V6z',
};
const solid = { play: 'M8 5.5v13l11-6.5z', pause: 'M7.5 5.5h3v13h-3zM13.5 5.5h3v13h-3z' };

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon icon-${name}${solid[name] ? ' filled' : ''}`);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', solid[name] || icons[name]);
  svg.append(path);
  return svg;
}

// iconButton is a button that is only an icon; its name is for those who cannot see it.
export function iconButton(name, label, onclick, props = {}) {
  return el('button', { type: 'button', 'aria-label': label, title: label, onclick, ...props, class: `icon-button ${props.class || ''}` }, icon(name));
}

const rtl = /[\u0591-\u05F4\u0608\u060B\u060D\u061B-\u064A\u066D-\u066F\u0671-\u06D5\u06E5\u06E6\u06EE\u06EF\u06FA-\u08FF\u200F\uFB1D-\uFDFF\uFE70-\uFEFC]/;
const ltr = /[\p{L}\u200E]/u;

// direction is the direction of a line by the Unicode rule: its first strong letter outside isolates decides.
export function direction(line) {
  let depth = 0;
  for (const c of line) {
    if (c >= '\u2066' && c <= '\u2068') depth++;
    else if (c === '\u2069') depth = Math.max(0, depth - 1);
    else if (depth === 0 && rtl.test(c)) return 'rtl';
    else if (depth === 0 && ltr.test(c)) return 'ltr';
  }
  return '';
}

// bare is a text without the marks of direction, for what is copied into names and addresses.
export function bare(text) {
  return String(text).replace(/[\u2066-\u2069\u200E\u200F]/g, '');
}

// avatar is a coloured disc with the first letters of a name.
export function avatar(id, name, kind = '') {
  const letters = bare(name).trim().split(/\s+/).slice(0, 2).map((w) => [...w][0] || '');
  const short = letters.join('\u200C').toUpperCase();
  return el('span', { class: `avatar tint-${Math.abs(Number(id) || 0) % 7} ${kind}`, 'aria-hidden': 'true', text: short || '?' });
}

// chatAvatar is the disc of a chat; the one with the bot has the bot's mark.
export function chatAvatar(head) {
  if (head.type !== 'private') return avatar(head.id, head.title);
  return el('span', { class: 'avatar bot-mark', 'aria-hidden': 'true' }, icon('send'));
}

export function nameOf(user) {
  if (!user) return '';
  return user.title || [user.first_name, user.last_name].filter(Boolean).join(' ') || user.name || user.username || '';
}
