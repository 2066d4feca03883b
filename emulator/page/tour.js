// The guided tour: six steps with the visitor's own hands. Each ends by what the page sees on the wire;
// buttons of the bot are known by the action in their callback data (v1:<action>:<post>:<version>).
import { el, iconButton } from './dom.js';
import { speaker, language } from './words.js';
import { post, refusal, upload } from './live.js';
import { toast } from './menu.js';
import { world, phonePeople, botChat, talkOf, keyOf, loadTalk, loadWorld } from './store.js';
import { samplePhoto } from './attach.js';

// What shines in each step: the newest button with the first of these actions that is there.
const shine = { 2: ['slot_ok', 'slot_at', 'slt'], 3: ['snd'], 4: ['ok'] };

export class Tour {
  constructor(desk) {
    this.desk = desk;
    this.node = el('aside', { class: 'tour', hidden: true });
    this.seen = {};
    this.noted = '';
    this.drawn = '';
  }

  get step() {
    const { tour } = world;
    return tour && !tour.skipped && tour.step >= 1 && tour.step <= tour.of ? tour.step : 0;
  }

  get manager() {
    const of = (pattern) => phonePeople().filter((p) => pattern.test(p.about?.en || ''));
    const managers = [...of(/manager/i), ...of(/owner/i)];
    return this.person(this.seen.manager) || managers.find((p) => language(p.lang) === world.lang) || managers[0] || phonePeople()[0];
  }

  get client() {
    const clients = phonePeople().filter((p) => /client/i.test(p.about?.en || ''));
    return this.person(this.seen.client) || clients.find((p) => language(p.lang) === world.lang) || clients[0] || phonePeople()[1] || phonePeople()[0];
  }

  person(id) {
    return phonePeople().find((p) => p.id === id);
  }

  // update draws the present step, and brings the right phone when a step begins.
  async update() {
    const { step } = this;
    this.adopt(world.tour?.seen || '');
    this.node.hidden = step === 0;
    this.node.dataset.tour = String(step);
    const sign = `${step} ${world.lang} ${this.manager?.id} ${this.client?.id}`;
    if (!step || sign === this.drawn) return this.mark();
    this.drawn = sign;
    if (this.began !== step) await this.begin(step);
    this.draw(step);
    return this.mark();
  }

  // adopt takes what this page, another or an earlier one has noted; a new tour begins without.
  adopt(noted) {
    if (noted === this.noted) return;
    this.noted = noted;
    this.seen = read(noted);
  }

  async begin(step) {
    this.began = step;
    if (step === 1 && !this.seen.base) {
      this.seen = { base: await this.bases() }; // what an earlier tour has left ends no step of this one
      this.noted = JSON.stringify(this.seen);
      await post('tour', { do: 'note', step, seen: this.noted }).catch(() => {});
    }
    const who = step === 4 ? this.client : step <= 3 ? this.manager : null;
    if (who) this.goTo(who);
  }

  // bases are the last messages of now: what the tour waits for comes after them.
  async bases() {
    const base = {};
    await this.loadAll();
    for (const [key, talk] of this.talks()) base[key] = Math.max(0, ...talk.messages.map((m) => m.message_id));
    return base;
  }

  async loadAll() {
    await Promise.all(this.places().map((key) => loadTalk(key).catch(() => {})));
  }

  // places are the talks where steps end: everybody's chat with the bot, and every channel, through the first who reads it.
  places() {
    const keys = new Map();
    for (const p of phonePeople()) {
      for (const h of world.chats[p.id] || []) {
        if (h.type === 'private') keys.set(`bot ${p.id}`, keyOf(p.id, h.id));
        else if (h.type === 'channel' && !keys.has(h.id)) keys.set(h.id, keyOf(p.id, h.id));
      }
    }
    return [...keys.values()];
  }

  talks() {
    return this.places().map((key) => [key, talkOf(key)]).filter(([, talk]) => talk);
  }

  goTo(person) {
    const phone = this.desk.bring(person.id);
    const chat = botChat(person.id);
    if (phone && chat) phone.open(chat.id);
  }

  draw(step) {
    const say = speaker(world.lang);
    const names = { manager: this.manager?.name, client: this.client?.name };
    const who = step === 4 ? this.client : this.manager;
    const key = (words, act, kind = '', hook = '') => el('button', { type: 'button', class: `tour-key ${kind}`, 'data-tour-do': hook, text: words, onclick: act });
    this.node.setAttribute('aria-label', say('tour'));
    this.node.replaceChildren(
      el('div', { class: 'tour-count' }, el('b', { text: say('tour_step', { n: step, of: world.tour.of }) }), dots(step, world.tour.of)),
      el('div', { class: 'tour-words', 'aria-live': 'polite' }, el('h2', { text: say(`tour_${step}`) }), el('p', { text: say(`tour_${step}_more`, names) })),
      el('div', { class: 'tour-keys' },
        step === 1 ? key(say('tour_sample'), (e) => this.sendSample(e.currentTarget), 'main', 'sample') : null,
        step === 5 ? key(say('skip_due'), (e) => this.skip(e.currentTarget), 'main narrow-only', 'jump') : key(say('tour_show', { name: who?.name }), () => this.goTo(who), 'narrow-only', 'show'),
        step > 1 ? key(say('tour_back'), () => this.turn('back'), '', 'back') : null,
        key(say(step === world.tour.of ? 'tour_done' : 'tour_next'), () => this.turn('next'), step === world.tour.of ? 'main' : '', 'next'),
        iconButton('close', say('tour_skip'), () => this.turn('skip'), { 'data-tour-do': 'skip' })));
  }

  async turn(to) {
    try {
      if (to === 'next' && this.seen.base) this.noted = JSON.stringify(this.seen);
      await post('tour', { do: to, step: this.step, seen: this.noted });
      await loadWorld();
    } catch {
      this.turning = false; // the wire is down; the step ends when it is back
    }
  }

  async sendSample(button) {
    const { manager } = this;
    const lang = language(manager.lang);
    const say = speaker(lang);
    button.disabled = true;
    this.goTo(manager);
    try {
      const chat = botChat(manager.id).id;
      await upload({ as: manager.id, chat, caption: say('sample_caption'), kind: 'photo' }, [await samplePhoto(lang, say)]);
      await loadTalk(keyOf(manager.id, chat));
    } catch (err) {
      this.desk.of(manager.id)?.refused(err);
    }
    button.disabled = false;
  }

  // skip is the clock bar's key, which is folded away on a narrow screen.
  async skip(button) {
    button.disabled = true;
    try {
      await post('clock', { skip: 'due' });
    } catch (err) {
      toast(document.body, refusal(err, speaker(world.lang)));
    }
    button.disabled = false;
  }

  // changed is told which chats changed; those that matter are read, and then the step may end.
  changed(chats) {
    if (!this.step) return;
    const mine = this.places().filter((key) => chats.some(([as, chat]) => key === keyOf(as, chat)));
    mine.forEach((key) => loadTalk(key).catch(() => {}));
  }

  // check ends the present step if what it waits for is there.
  async check() {
    const { step } = this;
    if (!step || this.turning || !this.seen.base || !this.done(step)) {
      this.mark();
      return;
    }
    this.turning = true;
    await this.turn('next');
    this.turning = false;
    if (this.step !== step) await this.check();
  }

  done(step) {
    const ends = { 1: () => this.cardCame(), 2: () => this.timed() || this.asked(), 3: () => this.asked(), 4: () => this.approved(), 5: () => this.published() };
    return ends[step]?.() || false;
  }

  // fresh are the messages of others after the tour began, with whose phone shows them.
  fresh() {
    return this.talks().flatMap(([key, talk]) => talk.messages.filter((m) => m.message_id > (this.seen.base[key] || 0)).map((m) => ({ as: Number(key.split('/')[0]), key, m })));
  }

  withAction(...actions) {
    return this.fresh().flatMap(({ as, m }) => deedsOf(m).filter((d) => actions.includes(d.action)).map((d) => ({ as, m, ...d })));
  }

  cardCame() {
    const card = this.withAction('snd')[0];
    if (!card) return false;
    const said = this.fresh().filter((f) => f.as === card.as && f.m.out && (f.m.caption || f.m.text)).map((f) => f.m.caption || f.m.text);
    Object.assign(this.seen, { manager: card.as, post: card.post, words: said.find((w) => !w.startsWith('/')) || '' });
    return true;
  }

  timed() {
    return Boolean(this.seen.timed);
  }

  asked() {
    const card = this.withAction('ok').find((d) => !this.seen.post || d.post === this.seen.post);
    if (card) this.seen.client = card.as;
    return Boolean(card);
  }

  approved() {
    return this.withAction('und', 'stp').some((d) => !this.seen.post || d.post === this.seen.post);
  }

  published() {
    const plain = (words) => (words || '').replace(/\s+/g, ' ').trim();
    const words = plain(this.seen.words);
    const found = this.fresh().find(({ m }) => m.chat?.type === 'channel' && plain(m.text || m.caption).includes(words));
    if (found) this.visit(found);
    return Boolean(found);
  }

  // visit shows the post in the channel, on the client's phone if the client reads it.
  visit({ m, as }) {
    const joined = (id) => (world.chats[id] || []).some((h) => h.id === m.chat.id && h.member !== false);
    const who = [this.client, this.manager].find((p) => p && joined(p.id)) || this.person(as);
    this.desk.bring(who.id).open(m.chat.id);
  }

  pressed({ data, got }) {
    if (this.step === 2 && got && actionOf(data)?.action === 'slot_ok') this.seen.timed = true;
    this.check();
  }

  // mark lets shine what is to be tapped next.
  mark() {
    document.querySelectorAll('.beacon').forEach((n) => n.classList.remove('beacon'));
    const { step } = this;
    if (!step) return;
    const who = step === 4 ? this.client : this.manager;
    const show = this.node.querySelector('[data-tour-do="show"]');
    if (show) show.hidden = this.desk.shown?.person === who;
    for (const node of this.targets(step)) node.classList.add('beacon');
  }

  targets(step) {
    const phone = this.desk.of((step === 4 ? this.client : this.manager)?.id)?.node;
    if (step === 5) return document.querySelectorAll('[data-skip="due"], [data-tour-do="jump"]');
    if (!phone) return [];
    if (step === 1) return phone.querySelectorAll('[data-attach]');
    const all = [...phone.querySelectorAll('[data-button]')].map((node) => ({ node, deed: actionOf(node.dataset.button) }));
    for (const action of shine[step] || []) {
      const found = all.filter(({ deed }) => deed?.action === action && (!this.seen.post || deed.post === this.seen.post));
      const message = found.at(-1)?.node.closest('.message');
      if (message) return found.filter(({ node }) => message.contains(node)).slice(0, 1).map(({ node }) => node);
    }
    return [];
  }
}

function dots(step, of) {
  return el('span', { class: 'dots', 'aria-hidden': 'true' }, Array.from({ length: of }, (_, i) => el('i', { class: i < step ? 'past' : '' })));
}

// actionOf reads callback data of the bot.
function actionOf(data) {
  const [version, action, of] = String(data || '').split(':');
  return version === 'v1' ? { action, post: of } : null;
}

function deedsOf(m) {
  return (m.reply_markup?.inline_keyboard || []).flat().map((b) => actionOf(b.callback_data)).filter(Boolean);
}

// read is what a page has noted; what cannot be read is nothing.
function read(noted) {
  try {
    return JSON.parse(noted) || {};
  } catch {
    return {};
  }
}
