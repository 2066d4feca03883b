// The bars over the phones: the clock of the demo, faults to switch on, the bot's process, the phones, language and look.
import { el, icon, iconButton } from './dom.js';
import { speaker, clockTime, dayKey, weekday } from './words.js';
import { post, refusal } from './live.js';
import { world } from './store.js';
import { toast } from './menu.js';

const skips = ['15m', '1h', 'due', 'saturday'];
const faults = ['slow', 'limit', 'drop', 'platform', 'token', 'sky_down', 'sky_token'];

export class Bars {
  // deeds: {addPhone(button), language(), theme(), tourAgain(), sky(), signedOut()}.
  constructor(deeds) {
    const chosen = localStorage.getItem('peyk.folded');
    const small = window.innerWidth < 1280 || window.innerHeight < 800;
    Object.assign(this, { deeds, open: false, folded: chosen ? chosen === 'yes' : small });
    this.node = el('header', { class: 'bars' });
    this.notice = el('div', { class: 'lost', role: 'status', hidden: true });
    this.build();
  }

  // build makes everything anew, in the page's language.
  build() {
    const say = speaker(world.lang || 'fa');
    this.say = say;
    this.now = el('b', { class: 'clock-now' });
    this.other = el('span', { class: 'clock-other' });
    this.skipKeys = skips.map((to) => el('button', { type: 'button', class: 'bar-key', 'data-skip': to, onclick: (e) => this.skip(to, e.currentTarget) }));
    this.clock = el('section', { class: 'clock', 'aria-label': say('clock') }, icon('clock'), el('div', { class: 'clock-words' }, this.now, this.other), el('div', { class: 'skips' }, this.skipKeys));
    this.bot = el('div', { class: 'bot-state' });
    this.faultKeys = faults.map((name) => el('button', {
      type: 'button', role: 'switch', class: 'fault', 'data-fault': name, onclick: () => this.deed('fault', { name, on: !world.faults?.[name] }),
    }, el('span', { class: 'knob', 'aria-hidden': 'true' }), el('span', { text: say(`fault_${name}`) })));
    this.effect = el('p', { class: 'effect', role: 'status', 'data-effect': '' });
    this.faultBar = el('section', { class: 'fault-bar', id: 'fault-bar', 'aria-label': say('faults') }, icon('bolt'), this.faultKeys, this.bot, this.effect);
    this.faultToggle = el('button', { type: 'button', class: 'bar-key fault-toggle', 'aria-controls': 'fault-bar', onclick: () => this.fold(!this.folded) }, icon('bolt'), el('span'));
    this.controls = el('button', { type: 'button', class: 'bar-key controls', 'data-controls': '', 'aria-expanded': 'false', onclick: () => this.show(!this.open) }, icon('clock'), el('span', { class: 'controls-time' }));
    this.node.replaceChildren(
      el('div', { class: 'bar-line' },
        el('h1', { class: 'brand' }, el('span', { class: 'brand-mark', 'aria-hidden': 'true' }, icon('send')), el('span', { text: say('product') }), el('small', { text: say('demo') })),
        this.clock, this.faultToggle, this.controls, this.tools()),
      this.faultBar, this.notice);
    this.notice.textContent = say('lost');
    this.update();
  }

  tools() {
    const { say, deeds } = this;
    return el('div', { class: 'tools' },
      el('button', { type: 'button', class: 'bar-key tour-again', 'data-tour-do': 'again', 'aria-label': say('tour_again'), hidden: true, onclick: deeds.tourAgain }, icon('spark'), el('span', { text: say('tour_again') })),
      el('button', { type: 'button', class: 'bar-key add-phone', 'data-add-phone': '', 'aria-haspopup': 'menu', onclick: (e) => deeds.addPhone(e.currentTarget) }, icon('plus'), el('span', { text: say('add_phone') })),
      el('button', { type: 'button', class: 'bar-key', 'data-language': '', 'aria-label': say('language_label'), onclick: deeds.language }, el('span', { text: say('language') })),
      iconButton('cloud', say('sky_see'), deeds.sky, { 'data-see-sky': '', class: 'sky-see' }),
      iconButton('sun', say('theme'), deeds.theme, { 'data-theme-key': '' }));
  }

  update() {
    this.tick();
    this.showFaults();
    this.showBot();
    this.showEffect();
    const { tour } = world;
    const over = tour && (tour.skipped || tour.step > tour.of);
    this.node.querySelector('.tour-again').hidden = !over;
    this.node.querySelector('.sky-see').hidden = !world.sky;
    this.node.classList.toggle('open', this.open);
    this.node.classList.toggle('folded', this.folded);
    this.faultToggle.setAttribute('aria-expanded', String(!this.folded));
    this.controls.setAttribute('aria-expanded', String(this.open));
  }

  // tick shows the moment in both calendars.
  tick() {
    const { clock } = world;
    this.clock.hidden = !clock;
    this.controls.hidden = false;
    if (!clock) return;
    const [own, other] = world.lang === 'fa' ? ['fa', 'en'] : ['en', 'fa'];
    this.now.textContent = clock[own];
    this.other.textContent = clock[other];
    this.other.setAttribute('lang', other);
    this.other.setAttribute('dir', other === 'fa' ? 'rtl' : 'ltr');
    const time = clockTime(world.lang, clock.now);
    this.node.querySelector('.controls-time').textContent = time;
    this.controls.setAttribute('aria-label', `${time}, ${this.say('controls')}`);
    for (const key of this.skipKeys) this.nameSkip(key, clock);
  }

  nameSkip(key, clock) {
    const to = key.dataset.skip;
    let words = this.say(`skip_${to}`);
    if (to === 'due') {
      key.disabled = !clock.due;
      words = clock.due ? this.dueWords(clock) : this.say('skip_due_none');
    }
    if (key.textContent === words) return;
    key.textContent = words;
    key.setAttribute('aria-label', this.say('skip_label', { what: words }));
  }

  // dueWords name the day too, unless it is today.
  dueWords({ due, now }) {
    const time = clockTime(world.lang, due);
    return dayKey(due) === dayKey(now) ? this.say('skip_due_at', { time }) : this.say('skip_due_day', { day: weekday(world.lang, due), time });
  }

  showFaults() {
    const on = faults.filter((name) => world.faults?.[name]);
    for (const key of this.faultKeys) {
      const { fault } = key.dataset;
      key.hidden = !world.clock && ['platform', 'token'].includes(fault) || !world.sky && fault.startsWith('sky_'); // nobody is there to do it
      key.setAttribute('aria-checked', String(Boolean(world.faults?.[key.dataset.fault])));
    }
    this.faultToggle.classList.toggle('on', on.length > 0 || world.bot_alive === false);
    this.controls.classList.toggle('on', on.length > 0 || world.bot_alive === false);
    this.faultToggle.lastElementChild.textContent = on.length ? this.say('faults_on', { n: on.length }) : this.say('faults');
  }

  // showEffect says what to expect, and what to try, of the fault that was switched on last, or of a bot that is down.
  showEffect() {
    const on = faults.filter((name) => world.faults?.[name]);
    this.last = on.find((name) => !this.knownFaults?.includes(name)) || (on.includes(this.last) ? this.last : on[0]);
    this.knownFaults = on;
    const what = this.last || (world.bot_alive === false ? 'dead' : '');
    const words = what ? this.say(`effect_${what}`, { names: this.deeds.signedOut() }) : '';
    this.effect.hidden = !words;
    if (this.effect.dataset.words === words) return;
    this.effect.dataset.words = words;
    this.effect.replaceChildren(words, what.startsWith('sky_') ? el('button', { type: 'button', class: 'effect-key', 'data-see-sky': '', text: this.say('sky_see'), onclick: () => this.seeSky() }) : '');
  }

  showBot() {
    const alive = world.bot_alive !== false;
    const todo = alive ? 'kill' : 'start';
    if (this.bot.dataset.now === todo && this.bot.childElementCount && this.bot.dataset.lang === world.lang) return;
    Object.assign(this.bot.dataset, { now: todo, lang: world.lang });
    this.bot.classList.toggle('dead', !alive);
    this.bot.hidden = !world.clock;
    this.bot.replaceChildren(
      el('span', { class: 'bot-words', role: 'status' }, el('i', { class: 'lamp', 'aria-hidden': 'true' }), el('span', { text: this.say(alive ? 'bot_alive' : 'bot_dead') })),
      el('button', { type: 'button', class: `bar-key ${alive ? 'danger' : 'good'}`, 'data-bot': todo, text: this.say(`bot_${todo}`), onclick: (e) => this.deed('bot', { do: todo }, e.currentTarget) }));
  }

  seeSky() {
    this.show(false);
    this.deeds.sky();
  }

  // On a narrow screen the bars close after a jump, so that the phone is seen again.
  async skip(to, key) {
    await this.deed('clock', { skip: to }, key);
    this.show(false);
  }

  // deed asks for something; its key shows that it is being done.
  async deed(what, body, key) {
    key?.setAttribute('aria-busy', 'true');
    try {
      await post(what, body);
    } catch (err) {
      toast(document.body, refusal(err, this.say));
    }
    key?.removeAttribute('aria-busy');
  }

  fold(on) {
    this.folded = on;
    localStorage.setItem('peyk.folded', on ? 'yes' : 'no');
    this.update();
  }

  // show opens the clock and the faults on a narrow screen.
  show(on) {
    this.open = on;
    this.update();
  }

  lost(on) {
    this.notice.hidden = !on;
  }
}
