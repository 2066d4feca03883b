// The list of a person's chats.
import { el, icon, iconButton, chatAvatar } from './dom.js';
import { count, moment } from './words.js';
import { now } from './store.js';

// chatList draws the first screen of a phone. `on` says what happens: {open(id), menu(button)}.
export function chatList(phone, heads, on) {
  const { lang, say, person } = phone;
  const rows = [...heads].sort((a, b) => (b.last?.date || 0) - (a.last?.date || 0) || (a.type === 'private' ? -1 : 1));
  return el('div', { class: 'view list-view' },
    el('header', { class: 'bar' },
      iconButton('menu', say('menu'), (e) => on.menu(e.currentTarget), { 'data-phone-menu': '' }),
      el('div', { class: 'bar-words' }, el('h2', { text: say('chats') }), el('span', { class: 'bar-sub', dir: 'auto', text: person.name }))),
    el('div', { class: 'rows' }, rows.length ? rows.map((h) => rowOf(h, lang, say, on)) : el('p', { class: 'nothing', text: say('no_chats') })));
}

// lastWords is the newest message in a few words; one's own begins with "you".
function lastWords(h, last, say) {
  const kind = last.kind && last.kind !== 'service' ? say(last.kind) : last.kind ? say('service') : '';
  const words = (last.text || kind).replace(/\s+/g, ' ');
  return last.out && h.type === 'private' ? `${say('you')}: ${words}` : words;
}

const marks = { channel: 'megaphone', supergroup: 'users', group: 'users' };

function rowOf(h, lang, say, on) {
  const last = h.last || {};
  const unread = h.unread > 0 ? el('span', { class: 'unread', 'aria-label': say('unread', { n: h.unread }), text: count(lang, h.unread) }) : null;
  return el('button', { type: 'button', class: 'row-chat', 'data-open-chat': String(h.id), onclick: () => on.open(h.id) },
    chatAvatar(h),
    el('span', { class: 'row-words' },
      el('span', { class: 'row-top' }, el('span', { class: 'row-title' }, marks[h.type] ? icon(marks[h.type]) : null, el('bdi', { text: h.title })),
        el('time', { text: last.date ? moment(lang, last.date, now()) : '' })),
      el('span', { class: 'row-bottom' }, el('span', { class: 'row-last', dir: 'auto' },
        last.from && h.type !== 'private' && h.type !== 'channel' ? el('b', { text: `${last.from}: ` }) : null, lastWords(h, last, say)), unread)));
}

// headerOf is the bar over an open chat.
export function headerOf(phone, head, words, on) {
  const { say } = phone;
  return el('header', { class: 'bar chat-bar' },
    iconButton('back', say('back'), on.back, { 'data-back': '' }),
    chatAvatar(head),
    el('div', { class: 'bar-words' }, el('h2', { dir: 'auto', text: head.title }), el('span', { class: 'bar-sub', text: words })),
    on.menu ? iconButton('more', say('more'), (e) => on.menu(e.currentTarget), { 'data-chat-menu': '' }) : null);
}

export function subtitle(head, talk, lang, say) {
  const doing = { typing: 'typing', record_voice: 'recording', upload_voice: 'recording' };
  if (talk?.typing) return say(doing[talk.typing] || 'uploading');
  if (head.type === 'private') return say('bot');
  const n = head.subscribers;
  if (head.type === 'channel' && n === 1) return say('subscriber_one');
  if (head.type === 'channel') return n ? say('subscribers', { n: Number(n) }) : say('channel');
  return n ? say('members', { n: Number(n) }) : say('group');
}
