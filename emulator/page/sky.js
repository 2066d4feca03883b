// What stands on Bluesky: the brands' posts there with what followers answer, beside the phones. A visitor can answer and like in a
// follower's name, and finds the app passwords here. Words of people go in as text only.
import { el, icon, iconButton, avatar } from './dom.js';
import { speaker, moment, count } from './words.js';
import { get, post, refusal } from './live.js';
import { world, now } from './store.js';
import { openMenu, toast } from './menu.js';

const empty = { brands: [], followers: [], posts: [], down: false };

export class Sky {
  // desk is where the board stands: {closeSky(), alone()}.
  constructor(desk) {
    Object.assign(this, { desk, feed: empty, answering: null, fresh: false });
    this.screen = el('div', { class: 'screen' });
    this.cap = el('div', { class: 'cap' });
    this.node = el('section', { class: 'phone sky', 'data-sky': '' }, this.cap, this.screen);
  }

  get say() {
    return speaker(world.lang);
  }

  async load() {
    const old = this.feed;
    try {
      this.feed = await get('sky');
    } catch {
      return; // the wire is down: the next connection asks again
    }
    if (JSON.stringify(old) === JSON.stringify(this.feed) && this.shown()) {
      this.fresh = false;
      return; // nothing moves under a finger
    }
    this.fresh = !this.shown() && (this.fresh || old !== empty && JSON.stringify(old.posts) !== JSON.stringify(this.feed.posts));
    this.draw();
  }

  shown() {
    return this.node.isConnected && this.node.checkVisibility();
  }

  // signedOut names the accounts that Peyk is not let into any more.
  signedOut() {
    return this.feed.brands.filter((b) => b.out).map((b) => `\u2066@${b.handle}\u2069`).join(world.lang === 'fa' ? '، ' : ', ');
  }

  drawCap() {
    const { say } = this;
    this.node.setAttribute('aria-label', say('sky'));
    this.screen.setAttribute('lang', world.lang);
    this.cap.replaceChildren(el('div', { class: 'whose' }, mark(), el('span', { class: 'whose-words' }, el('b', { text: say('sky') }), el('span', { text: say('sky_about') }))),
      this.desk.alone() ? '' : iconButton('close', say('sky_close'), () => this.desk.closeSky()));
  }

  draw() {
    if (!this.node.isConnected) return;
    const { say, feed } = this;
    const scrolled = this.list?.scrollTop || 0;
    const held = this.form?.contains(document.activeElement) ? document.activeElement : null;
    this.list = el('div', { class: 'sky-feed', tabindex: '0', role: 'region', 'aria-label': say('sky_about') },
      this.keys(),
      feed.posts.length ? feed.posts.map((p) => el('article', { class: 'sky-thread' }, this.post(p, 0))) : el('p', { class: 'nothing', text: say('sky_empty') }));
    const over = this.screen.querySelectorAll(':scope > .veil, :scope > .toast');
    this.screen.replaceChildren(el('div', { class: 'view' },
      el('header', { class: 'bar' }, mark(), el('div', { class: 'bar-words' }, el('h2', { text: say('sky') }), el('span', { class: 'bar-sub', text: say('sky_about') }))),
      feed.down ? el('p', { class: 'sky-down', role: 'status', text: say('sky_is_down') }) : null, this.list), ...over);
    this.list.scrollTop = scrolled;
    held?.focus({ preventScroll: true });
  }

  // keys are the accounts that Peyk writes for, with their app passwords.
  keys() {
    const { say, feed } = this;
    return el('section', { class: 'sky-keys', 'aria-label': say('sky_passwords') }, el('h3', { text: say('sky_passwords') }),
      feed.brands.map((b) => el('div', { class: 'sky-key', 'data-sky-brand': b.handle },
        el('div', { class: 'sky-key-words' },
          el('span', {}, el('bdi', { class: 'sky-handle', dir: 'ltr', text: `@${b.handle}` }), b.out || !b.known ? el('small', { class: b.out ? 'out' : '', text: say(b.out ? 'sky_out' : 'sky_new') }) : null),
          el('code', { dir: 'ltr', 'data-sky-password': '', text: b.password })),
        iconButton('copy', say('sky_copy', { name: `@${b.handle}` }), () => this.copy(b.password)))));
  }

  async copy(text) {
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    toast(this.screen, done ? this.say('copied') : text);
  }

  post(p, depth) {
    const { say } = this;
    const lang = world.lang;
    return el('div', { class: `sky-post${p.hidden ? ' hid' : ''}`, 'data-sky-post': p.uri },
      el('div', { class: 'sky-who' }, avatar(tintOf(p.author.handle), p.author.name),
        el('span', { class: 'sky-who-words' }, el('bdi', { class: 'sky-name', text: p.author.name }), el('bdi', { class: 'sky-handle', dir: 'ltr', text: `@${p.author.handle}` })),
        el('time', { text: moment(lang, p.at, now()) })),
      p.hidden ? el('p', { class: 'sky-hidden', text: say('sky_hidden') }) : null,
      words(p.parts),
      p.pictures.length ? el('div', { class: 'sky-pictures', 'data-count': String(p.pictures.length) },
        p.pictures.map((f) => el('img', { src: `/sky/${encodeURIComponent(f.cid)}`, alt: f.alt || say('photo'), loading: 'lazy' }))) : null,
      el('div', { class: 'sky-deeds' },
        el('button', { type: 'button', class: 'sky-deed', 'data-sky-like': '', 'aria-label': say('sky_like', { n: p.likes }), onclick: (e) => this.like(p, e.currentTarget) }, icon('heart'), el('span', { text: p.likes ? count(lang, p.likes) : '' })),
        el('button', { type: 'button', class: 'sky-deed', 'data-sky-answer': '', onclick: () => this.answer(p) }, icon('chat'), el('span', { text: say('reply') }))),
      this.answering?.uri === p.uri ? this.formOf(p) : null,
      p.replies.length ? el('div', { class: depth < 2 ? 'sky-replies' : 'sky-replies flat-out' }, p.replies.map((r) => this.post(r, depth + 1))) : null);
  }

  // like asks in whose name, as everybody likes a post once.
  like(p, button) {
    this.pickFollower(button, (who) => this.deed({ do: 'like', name: who.handle, link: p.uri }, 'sky_liked'));
  }

  pickFollower(button, act) {
    const box = button.getBoundingClientRect();
    openMenu(this.screen, { x: box.left, y: box.bottom + 6 }, this.feed.followers.map((f) => ({
      icon: 'users', name: f.handle, words: `${f.name} · \u2068@${f.handle}\u2069`, act: () => act(f),
    })), { label: this.say('sky_as') });
  }

  // reader is a follower who writes as the post does, and has not written it.
  reader(p) {
    const persian = /\p{Script=Arabic}/u;
    const own = persian.test(p.parts.map((part) => part.text).join(''));
    const others = this.feed.followers.filter((f) => f.handle !== p.author.handle);
    return others.find((f) => persian.test(f.name) === own) || others[0];
  }

  answer(p) {
    this.answering = this.answering?.uri === p.uri ? null : { uri: p.uri, who: this.reader(p) };
    this.form = null;
    this.draw();
    this.form?.querySelector('textarea').focus();
  }

  // formOf stays the same while something else changes, so that nobody loses what he types.
  formOf(p) {
    if (this.form) return this.form;
    const { say } = this;
    const { answering } = this;
    const who = el('button', { type: 'button', class: 'sky-as', 'aria-haspopup': 'menu', onclick: (e) => this.pickFollower(e.currentTarget, (f) => {
      answering.who = f;
      who.replaceChildren(...named(f, say));
    }) }, named(answering.who, say));
    const text = el('textarea', { rows: '2', dir: 'auto', maxlength: '300', 'aria-label': say('write_comment'), placeholder: say('write_comment'), 'data-sky-text': '' });
    this.form = el('form', { class: 'sky-form', onsubmit: (e) => {
      e.preventDefault();
      this.send(p, text);
    } }, who, text, el('div', { class: 'sky-form-keys' },
      el('button', { type: 'button', class: 'flat', text: say('cancel'), onclick: () => this.answer(p) }),
      el('button', { type: 'submit', class: 'solid', 'data-sky-send': '', text: say('send') })));
    return this.form;
  }

  async send(p, text) {
    if (!text.value.trim()) return text.focus();
    const done = await this.deed({ do: 'comment', name: this.answering.who.handle, text: text.value, link: p.uri }, 'sky_sent');
    if (!done) return null;
    this.answering = null;
    this.form = null;
    return this.load();
  }

  // deed does something in a follower's name; true when the network took it.
  async deed(body, words) {
    try {
      await post('sky', body);
    } catch (err) {
      toast(this.screen, body.do === 'like' && err.code === 'request' ? this.say('sky_liked_before') : refusal(err, this.say));
      return false;
    }
    toast(this.screen, this.say(words));
    return true;
  }

  // goTo shows a post by the key at the end of its address, or the app passwords.
  async goTo({ key }) {
    await this.load();
    const all = [...this.screen.querySelectorAll('[data-sky-post]')];
    const node = key ? all.find((n) => n.dataset.skyPost.endsWith(`/${key}`)) : this.screen.querySelector('.sky-keys');
    if (!node) {
      toast(this.screen, this.say('sky_no_post'));
      return;
    }
    node.scrollIntoView({ block: 'start' });
    node.classList.remove('shines');
    requestAnimationFrame(() => node.classList.add('shines'));
  }
}

function mark() {
  return el('span', { class: 'avatar sky-mark', 'aria-hidden': 'true' }, icon('cloud'));
}

const tintOf = (handle) => [...handle].reduce((sum, c) => sum + c.codePointAt(0), 0);

function named(who, say) {
  return [el('span', { text: say('sky_as') }), el('bdi', { text: who.name }), icon('chevron')];
}

// words are the lines of a post, each in its own direction.
function words(parts) {
  const line = () => el('p', { dir: 'auto' });
  const box = el('div', { class: 'sky-words' }, line());
  for (const part of parts) {
    part.text.split('\n').forEach((text, i) => {
      if (i) box.append(line());
      if (text) box.lastChild.append(part.link ? el('span', { class: 'sky-link', text }) : text);
    });
  }
  return box;
}

// skyAddress reads an address of Bluesky on the web: {key} of a post, or {} of anything else there; null for other addresses.
export function skyAddress(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.hostname !== 'bsky.app') return null;
  const path = url.pathname.split('/').filter(Boolean);
  return path[0] === 'profile' && path[2] === 'post' ? { key: path[3] } : {};
}
