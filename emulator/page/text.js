// Formatted text as nodes: entities become elements, every line has its own direction, nothing is ever parsed as HTML.
import { el, direction, bare } from './dom.js';
import { clockTime, day } from './words.js';

const blocks = new Set(['pre', 'blockquote', 'expandable_blockquote']);

// formatted gives the nodes of a text. `reader` says what happens on taps: {lang, say, onLink, onMention, onCommand}.
export function formatted(text, entities, reader) {
  const marks = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const inline = marks.filter((m) => !blocks.has(m.type));
  const nodes = [];
  let at = 0;
  for (const block of marks.filter((m) => blocks.has(m.type))) {
    if (block.offset < at) continue;
    nodes.push(...lines(text, at, block.offset, inline, reader));
    const end = block.offset + block.length;
    nodes.push(blockNode(text, block, end, inline, reader));
    at = text[end] === '\n' ? end + 1 : end;
  }
  nodes.push(...lines(text, at, text.length, inline, reader));
  return nodes;
}

// lines are the paragraphs between two places, each with the direction of its own first letter.
function lines(text, from, to, marks, reader) {
  const out = [];
  let end = to;
  if (end > from && end < text.length && text[end - 1] === '\n') end--; // the break before a block is the block's own
  if (from >= end) return out;
  for (let start = from; start <= end;) {
    let stop = text.indexOf('\n', start);
    if (stop < 0 || stop > end) stop = end;
    out.push(line(text, start, stop, marks, reader));
    start = stop + 1;
  }
  return out;
}

function line(text, start, stop, marks, reader) {
  const inside = span(text, start, stop, marks.filter((m) => m.offset < stop && m.offset + m.length > start), reader);
  const side = direction(text.slice(start, stop)) || 'none';
  return el('div', { class: `line ${side}`, dir: 'auto' }, inside.length ? inside : el('br'));
}

// span nests the marks of one line: the first mark takes its part, and those within it go inside.
function span(text, start, stop, marks, reader) {
  const out = [];
  let at = start;
  for (let i = 0; i < marks.length; i++) {
    const from = Math.max(marks[i].offset, at);
    const to = Math.min(marks[i].offset + marks[i].length, stop);
    if (from >= to) continue;
    if (from > at) out.push(text.slice(at, from));
    const within = marks.slice(i + 1).filter((m) => m.offset < to && m.offset + m.length > from);
    const whole = text.slice(marks[i].offset, marks[i].offset + marks[i].length);
    out.push(marked(marks[i], whole, span(text, from, to, within, reader), reader));
    at = to;
  }
  if (at < stop) out.push(text.slice(at, stop));
  return out;
}

const plain = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's' };

// marked is one inline entity around its children; `whole` is its text.
function marked(mark, whole, children, reader) {
  if (plain[mark.type]) return el(plain[mark.type], {}, children);
  switch (mark.type) {
    case 'spoiler': return spoiler(children, reader);
    case 'code': return el('code', {}, children);
    case 'text_link': return link(mark.url, children, reader);
    case 'url': return link(absolute(bare(whole)), children, reader);
    case 'email': return el('a', { href: `mailto:${bare(whole)}` }, children);
    case 'mention': return tap('mention', children, () => reader.onMention(bare(whole)));
    case 'text_mention': return el('span', { class: 'mention' }, children);
    case 'bot_command': return tap('command', children, () => reader.onCommand(bare(whole)));
    case 'hashtag': case 'cashtag': case 'phone_number': return el('span', { class: 'tag' }, children);
    case 'date_time': return time(mark, children, reader);
    case 'custom_emoji': return el('span', { class: 'custom-emoji' }, children);
    default: return el('span', {}, children);
  }
}

export function absolute(address) {
  return /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `http://${address}`;
}

// link opens what belongs to Telegram inside the phone, and web pages in a new tab.
function link(address, children, reader) {
  const safe = /^(https?|tg|mailto):/i.test(address) ? address : '#';
  return el('a', {
    href: safe, target: '_blank', rel: 'noopener noreferrer', 'data-url': address, onclick: (e) => {
      if (safe === '#' || reader.onLink(address)) e.preventDefault();
    },
  }, children);
}

// tap is no <button>: that would be an island in the line, and the line would run in another order than in Telegram.
function tap(kind, children, act) {
  return el('a', {
    href: '#', role: 'button', class: `inline-tap ${kind}`, onclick: (e) => {
      e.preventDefault();
      act();
    },
  }, children);
}

function spoiler(children, reader) {
  const node = el('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': reader.say('spoiler') }, children);
  const show = (e) => {
    if (node.classList.contains('shown') || (e.key && e.key !== 'Enter' && e.key !== ' ')) return;
    e.preventDefault();
    node.classList.add('shown');
    node.removeAttribute('role');
    node.removeAttribute('aria-label');
  };
  node.addEventListener('click', show);
  node.addEventListener('keydown', show);
  return node;
}

// time is a moment that shows the reader's own clock when it is pointed at.
function time(mark, children, reader) {
  const own = mark.unix_time ? `${day(reader.lang, mark.unix_time)}، ${clockTime(reader.lang, mark.unix_time)}` : '';
  return el('time', { class: 'moment', title: reader.lang === 'fa' ? own : own.replace('،', ',') }, children);
}

function blockNode(text, block, end, marks, reader) {
  if (block.type === 'pre') {
    const code = el('code', { class: 'pre-code', text: text.slice(block.offset, end).replace(/\n$/, '') });
    return el('pre', { dir: 'auto', 'data-code': block.language }, block.language ? el('span', { class: 'pre-head', text: block.language }) : null, code);
  }
  const stop = text[end - 1] === '\n' ? end - 1 : end;
  const side = direction(text.slice(block.offset, stop)) || 'ltr';
  const quote = el('blockquote', { class: side }, lines(text, block.offset, stop, marks, reader));
  if (block.type !== 'expandable_blockquote') return quote;
  const many = text.slice(block.offset, stop).split('\n').length > 3 || stop - block.offset > 160;
  return many ? folded(quote, reader) : quote;
}

// folded shows three lines of a long quote until it is opened.
function folded(quote, reader) {
  quote.classList.add('folded');
  const open = el('button', {
    type: 'button', class: 'unfold', 'aria-expanded': 'false', text: reader.say('show_all'), onclick: () => {
      quote.classList.remove('folded');
      open.remove();
    },
  });
  quote.append(open);
  return quote;
}

// telegramAddress reads t.me links: {user, start, group, channel, post} or {invite}; null for other addresses.
export function telegramAddress(address) {
  let url;
  try {
    url = new URL(absolute(bare(address).trim()));
  } catch {
    return null;
  }
  const asked = (name) => url.searchParams.get(name);
  const deep = { start: asked('start'), group: asked('startgroup'), channel: asked('startchannel') };
  if (url.protocol === 'tg:') return { user: asked('domain'), ...deep };
  if (!['t.me', 'telegram.me', 'www.t.me'].includes(url.hostname)) return null;
  const [first, second] = url.pathname.split('/').filter(Boolean);
  if (!first) return null;
  if (first.startsWith('+') || first === 'joinchat') return { invite: address };
  const user = first === 's' ? second : first;
  return { user, ...deep, post: Number(second) || 0 };
}

// summary is a message in one line: for lists, quotes and bars.
export function summary(m, say) {
  if (!m) return '';
  const words = (m.text || m.caption || '').replace(/\s*\n\s*/g, ' ');
  const kinds = [['photo', '🖼'], ['video', '🎬'], ['animation', '🎞'], ['voice', '🎤'], ['audio', '🎵'], ['document', '📎']];
  const kind = kinds.find(([k]) => m[k]);
  if (!kind) return words;
  return `${kind[1]} ${words || (kind[0] === 'document' && m.document.file_name) || say(kind[0])}`;
}
