// Files for a message: chosen, dropped, pasted or drawn by the page itself; shown before they are sent.
import { el, icon, iconButton } from './dom.js';
import { openMenu } from './menu.js';
import { size, year } from './words.js';
import { now } from './store.js';

const most = 10;

export class Attachments {
  constructor(phone, composer) {
    Object.assign(this, { phone, composer, say: phone.say, chosen: [], kind: 'auto' });
    this.input = el('input', { type: 'file', multiple: true, hidden: true, 'data-files': '', tabindex: '-1', 'aria-hidden': 'true' });
    this.input.addEventListener('change', () => {
      this.add([...this.input.files], this.kind);
      this.input.value = '';
    });
    this.button = iconButton('clip', this.say('attach'), (e) => this.choose(e.currentTarget), { 'data-attach': '', 'aria-haspopup': 'menu' });
    this.asFiles = el('input', { type: 'checkbox' });
    this.thumbs = el('div', { class: 'thumbs' });
    this.words = el('b');
    this.node = el('div', { class: 'attachments', hidden: true },
      el('div', { class: 'attachments-head' }, this.words, el('label', { class: 'as-files' }, this.asFiles, el('span', { text: this.say('as_files') })),
        iconButton('close', this.say('cancel'), () => this.drop())), this.thumbs, this.input);
  }

  choose(button) {
    const box = button.getBoundingClientRect();
    const pick = (accept, kind) => () => {
      this.kind = kind;
      this.input.accept = accept;
      this.input.click();
    };
    openMenu(this.phone.screen, { x: box.left, y: box.top - 190 }, [
      { icon: 'photo', name: 'media', words: this.say('attach_media'), act: pick('image/*,video/*', 'auto') },
      { icon: 'file', name: 'file', words: this.say('attach_file'), act: pick('', 'document') },
      { icon: 'wave', name: 'voice', words: this.say('attach_voice'), act: pick('audio/*', 'voice') },
      { icon: 'spark', name: 'sample', words: this.say('attach_sample'), act: () => this.addSample() },
    ], { label: this.say('attach') });
  }

  add(files, kind = 'auto') {
    if (kind === 'voice' && files.length) {
      this.composer.deeds.sendFiles(files.slice(0, 1), { kind: 'voice' });
      return;
    }
    this.kind = kind;
    this.asFiles.checked = kind === 'document';
    this.chosen.push(...files);
    if (this.chosen.length > most) this.phone.toast(this.say('too_many'));
    this.chosen = this.chosen.slice(0, most);
    this.draw();
    this.composer.field.focus({ preventScroll: true });
  }

  async addSample() {
    this.add([await samplePhoto(this.phone.lang, this.say)]);
    if (!this.composer.field.value) this.composer.field.value = this.say('sample_caption');
    this.composer.refresh();
  }

  draw() {
    const n = this.chosen.length;
    this.node.hidden = n === 0;
    this.words.textContent = n === 1 ? this.say('attached_one') : this.say('attached', { n });
    this.thumbs.replaceChildren(...this.chosen.map((f) => this.thumb(f)));
    this.composer.refresh();
  }

  thumb(file) {
    const box = el('div', { class: 'thumb', title: file.name });
    if (file.type.startsWith('image/')) box.append(miniature(file));
    else box.append(icon(file.type.startsWith('video/') ? 'play' : 'file'), el('span', { dir: 'auto', text: file.name }), el('small', { text: size(this.phone.lang, file.size) }));
    box.append(iconButton('close', this.say('remove', { name: file.name }), () => {
      this.chosen = this.chosen.filter((f) => f !== file);
      this.draw();
    }));
    return box;
  }

  // take gives the files and forgets them.
  take() {
    const files = this.chosen;
    files.kind = this.asFiles.checked ? 'document' : 'auto';
    this.drop();
    return files;
  }

  drop() {
    this.chosen = [];
    this.draw();
  }
}

// miniature is drawn on a canvas: the page's rules allow no pictures from memory addresses.
function miniature(file) {
  const canvas = el('canvas', { width: '128', height: '128' });
  createImageBitmap(file).then((image) => {
    const side = Math.min(image.width, image.height);
    canvas.getContext('2d').drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, 128, 128);
  }).catch(() => canvas.replaceWith(icon('photo')));
  return canvas;
}

// samplePhoto draws a cup on a warm table, so that a visitor without a picture at hand can send one.
export function samplePhoto(lang, say) {
  const canvas = el('canvas', { width: '1080', height: '1080' });
  const c = canvas.getContext('2d');
  const table = c.createLinearGradient(0, 0, 1080, 1080);
  [[0, '#f4d9b0'], [0.55, '#d98a4e'], [1, '#8d3f24']].forEach(([at, tint]) => table.addColorStop(at, tint));
  c.fillStyle = table;
  c.fillRect(0, 0, 1080, 1080);
  disc(c, 540, 560, 330, '#fff7ea');
  disc(c, 540, 560, 300, '#f6e6cf');
  disc(c, 540, 560, 225, '#ffffff');
  disc(c, 540, 560, 198, '#5a2e18');
  disc(c, 540, 560, 150, '#c98b56');
  leaf(c);
  c.fillStyle = '#ffffff';
  c.textAlign = 'center';
  c.direction = lang === 'fa' ? 'rtl' : 'ltr';
  c.font = '700 84px Vazirmatn, sans-serif';
  c.fillText(say('sample_word'), 540, 150);
  c.font = '500 40px Vazirmatn, sans-serif';
  c.fillText(year(lang, now()), 540, 1010);
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(new File([blob], 'autumn.jpg', { type: 'image/jpeg' })), 'image/jpeg', 0.9);
  });
}

function disc(c, x, y, r, tint) {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = tint;
  c.fill();
}

// leaf is the pattern in the milk.
function leaf(c) {
  c.fillStyle = '#fbe9d2';
  for (let i = 0; i < 4; i++) {
    const y = 470 + i * 52;
    const w = 34 + i * 20;
    c.beginPath();
    c.moveTo(540, y + 62);
    c.quadraticCurveTo(540 - w * 1.6, y + 10, 540, y - 12);
    c.quadraticCurveTo(540 + w * 1.6, y + 10, 540, y + 62);
    c.fill();
  }
}
