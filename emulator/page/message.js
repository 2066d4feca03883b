// One bubble: who, what it answers, what it shows, when, and its buttons.
import { el, icon, avatar } from './dom.js';
import { clockTime, count } from './words.js';
import { formatted, summary } from './text.js';
import { mediaOf, albumOf } from './media.js';
import { inlineKeyboard } from './keys.js';

// bubble draws one message, or the several of one album. `place` says where it stands among its neighbours:
// {first, last, names}: first and last of a run by one sender, and whether names are shown.
export function bubble(messages, place, reader) {
  const m = messages[messages.length - 1];
  const head = messages[0];
  if (isService(m)) return service(m, reader);
  const words = messages.find((x) => x.text || x.caption) || m;
  const box = el('div', { class: 'bubble' });
  const media = messages.length > 1 ? albumOf(messages, reader) : mediaOf(m, reader);
  const text = body(words, reader);
  const framed = media && (media.classList.contains('grid'));
  box.append(...header(head, place, reader));
  if (media && !words.show_caption_above_media) box.append(media);
  if (text) box.append(text);
  if (media && words.show_caption_above_media) box.append(media);
  const stamp = stampOf(m, reader);
  if (text && !words.show_caption_above_media) text.lastElementChild.append(stamp);
  else box.append(stamp);
  if (framed) box.classList.add('framed');
  if (framed && !text) box.classList.add('bare');
  if (!media && onlyEmoji(m)) box.classList.add('huge');
  box.append(...footer(m, reader));
  return row(messages, place, reader, box);
}

function row(messages, place, reader, box) {
  const m = messages[messages.length - 1];
  const kinds = [m.out ? 'out' : 'in', place.first && 'first', place.last && 'last', place.names && 'named'].filter(Boolean).join(' ');
  const side = el('div', { class: 'column' }, box, inlineKeyboard(m, reader));
  const node = el('article', {
    class: `message ${kinds}`, 'data-message-id': String(m.message_id), tabindex: '-1', 'aria-label': spoken(m, messages, reader),
  }, place.names && !m.out ? el('span', { class: 'face' }, place.last ? face(m, reader) : null) : null, side);
  return node;
}

function face(m, reader) {
  const who = m.sender_chat || m.from || {};
  return avatar(who.id, reader.nameOf(who), m.sender_chat ? 'square' : '');
}

// spoken is what a screen reader says of the whole message.
function spoken(m, messages, reader) {
  const who = m.out ? reader.say('you') : reader.nameOf(m.sender_chat || m.from);
  const words = messages.map((x) => summary(x, reader.say)).find((s) => s) || '';
  return `${who}، ${words}، ${clockTime(reader.lang, m.date)}`.replaceAll('،', reader.lang === 'fa' ? '،' : ',');
}

export const isService = (m) => Boolean(m.pinned_message || m.new_chat_members || m.left_chat_member || m.migrate_to_chat_id || m.migrate_from_chat_id);

function service(m, reader) {
  const who = reader.nameOf(m.from || m.sender_chat);
  let words = reader.say('service');
  if (m.pinned_message) words = reader.say('service_pinned', { name: who });
  if (m.new_chat_members) words = m.new_chat_members.map((u) => reader.say('service_joined', { name: reader.nameOf(u) })).join(' · ');
  if (m.left_chat_member) words = reader.say('service_left', { name: reader.nameOf(m.left_chat_member) });
  return el('article', { class: 'service', 'data-message-id': String(m.message_id), tabindex: '-1' }, el('span', { dir: 'auto', text: words }));
}

function header(m, place, reader) {
  const out = [];
  const who = m.sender_chat || m.from;
  if (place.names && place.first && !m.out && who) {
    out.push(el('div', { class: `sender ink-${Math.abs(who.id) % 7}` }, el('bdi', { text: reader.nameOf(who) })));
  }
  if (m.forward_origin && !m.is_automatic_forward) {
    const o = m.forward_origin;
    const name = o.sender_user_name || reader.nameOf(o.sender_user || o.chat || o.sender_chat);
    out.push(el('div', { class: 'forwarded' }, icon('forward'), el('span', { text: reader.say('forwarded', { name }) })));
  }
  if (m.reply_to_message && !reader.impliedReply?.(m)) out.push(quote(m, reader));
  return out;
}

function quote(m, reader) {
  const to = m.reply_to_message;
  const who = to.sender_chat || to.from;
  const photo = to.photo?.at(-1);
  return el('button', { type: 'button', class: `quote ink-${Math.abs(who?.id || 0) % 7}`, onclick: () => reader.onJump(to.message_id) },
    photo ? el('img', { src: reader.file(photo.file_id), alt: '' }) : null,
    el('span', { class: 'quote-words' }, el('b', {}, el('bdi', { text: reader.nameOf(who) })),
      el('span', {}, el('bdi', { text: m.quote?.text || summary(to, reader.say) }))));
}

// body is the text or the caption; null when there is none.
function body(m, reader) {
  const text = m.text || m.caption;
  if (!text) return null;
  const nodes = formatted(text, m.text ? m.entities : m.caption_entities, reader);
  const last = nodes[nodes.length - 1];
  if (!last?.classList.contains('line')) nodes.push(el('div', { class: 'line tail' }));
  return el('div', { class: 'words' }, nodes);
}

function stampOf(m, reader) {
  const stamp = el('span', { class: 'stamp' });
  if (m.author_signature) stamp.append(el('span', { class: 'signature', text: m.author_signature }));
  if (m.edit_date) stamp.append(el('span', { class: 'edited', text: reader.say('edited') }));
  stamp.append(el('time', { datetime: new Date(m.date * 1000).toISOString(), text: clockTime(reader.lang, m.date) }));
  if (m.out && !m.sender_chat) stamp.append(icon('checks'));
  return stamp;
}

function footer(m, reader) {
  const out = [];
  const moods = moodsOf(m, reader.me);
  if (moods.length) {
    out.push(el('div', { class: 'moods' }, moods.map(([emoji, n, mine]) => el('button', {
      type: 'button', class: mine ? 'mood mine' : 'mood', title: reader.say('react', { emoji }), 'aria-pressed': String(mine), onclick: () => reader.onReact(m, mine ? '' : emoji),
    }, emoji, n > 1 || m.chat?.type === 'channel' ? el('span', { text: count(reader.lang, n) }) : null))));
  }
  if (typeof m.comments === 'number') out.push(comments(m, reader));
  return out;
}

// moodsOf lists reactions as [emoji, how many, mine]: those of people, who are named by id, and the bot's own.
function moodsOf(m, me) {
  const list = [];
  for (const [id, emoji] of Object.entries(m.reactions || {})) {
    const known = list.find(([e]) => e === emoji);
    if (known) known[1]++;
    else list.push([emoji, 1, false]);
    if (Number(id) === me) (known || list[list.length - 1])[2] = true;
  }
  if (m.mood && !list.some(([e]) => e === m.mood)) list.push([m.mood, 1, false]);
  return list;
}

function comments(m, reader) {
  const n = m.comments;
  const words = n === 0 ? reader.say('comment_first') : n === 1 ? reader.say('comment_one') : reader.say('comments', { n });
  return el('button', { type: 'button', class: 'comments', 'data-comments': String(m.message_id), onclick: () => reader.onComments(m) },
    icon('chat'), el('span', { text: words }), icon('chevron'));
}

function onlyEmoji(m) {
  return Boolean(m.text) && !m.reply_to_message && [...m.text].length <= 8 && /^(\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200D|\uFE0F|\s)+$/u.test(m.text);
}
