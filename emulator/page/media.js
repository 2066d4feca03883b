// What hangs on a message: photos, albums, films, voices, music and files.
import { el, icon, iconButton } from './dom.js';
import { fileAddress } from './live.js';
import { duration, size } from './words.js';

// mediaOf gives the node of a message's attachment; null for a text.
export function mediaOf(m, reader) {
  if (m.photo || m.video || m.animation) return frame([m], reader);
  if (m.voice) return player(m.voice, reader, 'voice');
  if (m.audio) return player(m.audio, reader, 'audio');
  if (m.document) return file(m.document, reader);
  return null;
}

// albumOf is a grid of photos and films; files and music of one album stand below each other.
export function albumOf(messages, reader) {
  if (messages.every((m) => m.photo || m.video || m.animation)) return frame(messages, reader);
  return el('div', { class: 'stack' }, messages.map((m) => mediaOf(m, reader)));
}

function frame(messages, reader) {
  const node = el('div', { class: `grid of-${Math.min(messages.length, 10)}` });
  const last = messages[messages.length - 1]; // the bubble bears its number
  for (const m of messages) node.append(cell(m, reader, messages.length === 1, m === last));
  return node;
}

function cell(m, reader, alone, last) {
  const what = m.photo ? m.photo.at(-1) : m.video || m.animation;
  const box = el('div', { class: 'cell', 'data-message-id': last ? null : String(m.message_id) });
  if (alone) box.style.aspectRatio = ratio(what);
  box.append(m.photo ? picture(what, reader, m.caption) : film(what, reader, Boolean(m.animation)));
  if (m.has_media_spoiler) cover(box, reader);
  return box;
}

// ratio keeps very tall and very wide pictures within a bubble.
function ratio(what) {
  const r = what.width && what.height ? what.width / what.height : 4 / 3;
  return String(Math.min(2.2, Math.max(0.72, r)));
}

// picture shows the largest size: on one machine it costs nothing, and smaller ones may be mere stand-ins.
function picture(full, reader, caption) {
  const img = el('img', { src: fileAddress(full.file_id), alt: caption || reader.say('photo'), loading: 'lazy', decoding: 'async', draggable: 'false' });
  img.addEventListener('error', () => img.closest('.cell')?.classList.add('broken'));
  return el('button', { type: 'button', class: 'photo', 'aria-label': reader.say('open_photo'), onclick: () => reader.onPhoto(full) }, img, icon('photo'));
}

function film(what, reader, silent) {
  const video = el('video', { src: fileAddress(what.file_id), preload: 'metadata', playsinline: true, controls: !silent, loop: silent, 'aria-label': reader.say(silent ? 'animation' : 'video') });
  video.muted = silent;
  if (silent && !matchMedia('(prefers-reduced-motion: reduce)').matches) video.autoplay = true;
  if (silent) video.addEventListener('click', () => (video.paused ? video.play() : video.pause()));
  const length = what.duration ? ` ${duration(reader.lang, what.duration)}` : '';
  const badge = el('span', { class: 'badge', text: `${reader.say(silent ? 'animation' : 'video')}${length}` });
  const node = el('div', { class: 'film' }, video, icon('play'), badge);
  video.addEventListener('error', () => node.classList.add('unplayable'));
  video.addEventListener('play', () => node.classList.add('playing'));
  return node;
}

function cover(box, reader) {
  box.classList.add('covered');
  box.addEventListener('click', (e) => {
    if (!box.classList.contains('covered')) return;
    e.preventDefault();
    e.stopPropagation();
    box.classList.remove('covered');
  }, true);
  box.append(el('span', { class: 'cover', text: reader.say('spoiler') }));
}

let playing = null; // one voice at a time, as on a phone

// player plays a voice or a song; the bars are drawn from the file's id, since the wire has no waveform.
function player(what, reader, kind) {
  const sound = new Audio();
  sound.preload = 'none';
  sound.src = fileAddress(what.file_id);
  const bars = waveform(what.file_unique_id || what.file_id);
  const left = el('span', { class: 'length', text: duration(reader.lang, what.duration) });
  const button = iconButton('play', reader.say('play'), () => (sound.paused ? start() : sound.pause()), { class: 'play' });
  const start = () => {
    playing?.pause();
    playing = sound;
    sound.play().catch(() => node.classList.add('unplayable'));
  };
  const draw = () => {
    button.replaceChildren(icon(sound.paused ? 'play' : 'pause'));
    button.setAttribute('aria-label', reader.say(sound.paused ? 'play' : 'pause'));
    const whole = Number.isFinite(sound.duration) ? sound.duration : what.duration || 1;
    const part = Math.min(1, sound.currentTime / whole);
    [...bars.children].forEach((b, i) => b.classList.toggle('heard', i / bars.children.length < part));
    left.textContent = duration(reader.lang, sound.paused && part === 0 ? what.duration : sound.currentTime);
  };
  for (const name of ['play', 'pause', 'timeupdate', 'ended']) sound.addEventListener(name, draw);
  bars.addEventListener('click', (e) => {
    const box = bars.getBoundingClientRect();
    if (Number.isFinite(sound.duration)) sound.currentTime = sound.duration * ((e.clientX - box.left) / box.width);
  });
  const name = kind === 'audio' ? el('span', { class: 'file-name', dir: 'auto', text: what.title || what.file_name || reader.say('audio') }) : null;
  const node = el('div', { class: `player ${kind}`, role: 'group', 'aria-label': reader.say(kind), dir: 'ltr' }, button, el('div', { class: 'track' }, name, bars, left));
  return node;
}

function waveform(seed) {
  let h = 2166136261;
  for (const c of seed) h = Math.imul(h ^ c.charCodeAt(0), 16777619);
  const bars = el('div', { class: 'waveform', 'aria-hidden': 'true' });
  for (let i = 0; i < 36; i++) {
    h = Math.imul(h ^ (h >>> 13), 1274126177) + i;
    const bar = el('i');
    bar.style.height = `${18 + (Math.abs(h >> 5) % 70) * (0.6 + 0.4 * Math.sin(i / 3.2))}%`;
    bars.append(bar);
  }
  return bars;
}

function file(what, reader) {
  const name = what.file_name || reader.say('document');
  const kind = (name.match(/\.([a-z0-9]{1,5})$/i) || [])[1] || '';
  return el('a', { class: 'file', href: fileAddress(what.file_id, name), download: name, 'aria-label': reader.say('download', { name }) },
    el('span', { class: 'file-mark', 'aria-hidden': 'true' }, kind ? el('b', { text: kind.slice(0, 4) }) : icon('file')),
    el('span', { class: 'file-words' }, el('span', { class: 'file-name', dir: 'auto', text: name }), el('span', { class: 'file-size', text: size(reader.lang, what.file_size) })));
}
