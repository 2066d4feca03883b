// Where the phones stand: several side by side on a wide screen, one with a switcher on a narrow one.
import { el, icon, avatar } from './dom.js';
import { speaker, language } from './words.js';
import { world, phonePeople } from './store.js';
import { Phone } from './phone.js';
import { openMenu } from './menu.js';
import { Sky } from './sky.js';

const memory = 'peyk.phones';
const narrow = matchMedia('(max-width: 600px)');

export class Desk {
  // heard(event, what) tells the tour what happened on a phone.
  constructor(heard) {
    this.heard = heard;
    this.phones = [];
    this.sky = new Sky(this);
    this.skyOpen = false;
    this.table = el('div', { class: 'phones' });
    this.switcher = el('nav', { class: 'switcher' });
    this.node = el('main', { class: 'desk' }, this.switcher, this.table);
    narrow.addEventListener('change', () => this.arrange());
  }

  alone() {
    return narrow.matches || this.all().length < 2;
  }

  // all are the phones, and Bluesky's board if it stands there.
  all() {
    return this.skyOpen || narrow.matches && world.sky ? [...this.phones, this.sky] : this.phones;
  }

  // openSky puts Bluesky beside the phones, and shows a post there, or the app passwords.
  openSky(to) {
    this.skyOpen = true;
    this.front(this.sky);
    if (to) this.sky.goTo(to);
    else this.skyChanged();
  }

  closeSky() {
    this.skyOpen = false;
    this.arrange();
  }

  skyAbsent() {
    return world.sky && !this.all().includes(this.sky);
  }

  async skyChanged() {
    await this.sky.load();
    this.drawSwitcher();
  }

  // start puts up the phones of last time, or as many as fit.
  start() {
    const people = phonePeople();
    const fit = narrow.matches ? 1 : Math.max(1, Math.min(3, Math.floor(window.innerWidth / 400)));
    const wanted = remembered().filter((id) => people.some((p) => p.id === id));
    const ids = wanted.length ? wanted : firstOf(people, fit);
    this.table.replaceChildren();
    for (const id of ids) this.add(people.find((p) => p.id === id), true);
    this.arrange();
  }

  add(person, quiet) {
    const phone = new Phone(person, this);
    this.phones.push(phone);
    this.table.append(phone.node);
    if (quiet) return phone;
    this.arrange();
    phone.node.scrollIntoView({ inline: 'nearest', block: 'nearest' });
    return phone;
  }

  remove(phone) {
    phone.close();
    this.phones = this.phones.filter((p) => p !== phone);
    this.arrange();
  }

  // replace gives a phone's place to somebody else.
  replace(phone, person) {
    const known = this.of(person.id);
    if (known === phone) return;
    if (known) return this.front(known);
    const fresh = new Phone(person, this);
    phone.node.replaceWith(fresh.node);
    phone.close();
    this.phones[this.phones.indexOf(phone)] = fresh;
    this.arrange();
  }

  of(id) {
    return this.phones.find((p) => p.person.id === id);
  }

  // bring gives a person's phone, and brings it before the eye.
  bring(id) {
    let phone = this.of(id);
    if (!phone) phone = this.add(world.people.find((p) => p.id === id));
    this.front(phone);
    return phone;
  }

  front(phone) {
    this.shown = phone;
    this.arrange();
    phone.node.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }

  arrange() {
    const all = this.all();
    if (!all.includes(this.shown)) this.shown = this.phones[0];
    if (!all.includes(this.sky)) this.sky.node.remove();
    else if (!this.sky.node.isConnected) {
      this.table.append(this.sky.node);
      this.sky.draw();
    }
    for (const phone of all) {
      phone.node.classList.toggle('shown', phone === this.shown);
      phone.drawCap();
    }
    this.table.dataset.count = String(all.length);
    this.drawSwitcher();
    if (!narrow.matches) localStorage.setItem(memory, JSON.stringify(this.phones.map((p) => p.person.id)));
    this.heard('arranged');
  }

  drawSwitcher() {
    const say = speaker(world.lang);
    const sign = JSON.stringify(phonePeople().map((p) => [p, p.id === this.shown?.person?.id, this.hasNews(p)]).concat(world.lang, world.sky, this.shown === this.sky, this.sky.fresh));
    if (sign === this.switcherSign) return;
    this.switcherSign = sign;
    const held = this.switcher.contains(document.activeElement) ? document.activeElement.dataset.switch : null;
    this.switcher.setAttribute('aria-label', say('phones'));
    this.switcher.replaceChildren(...phonePeople().map((p) => {
      const here = this.shown?.person?.id === p.id;
      return el('button', { type: 'button', class: `switch-to${this.hasNews(p) ? ' fresh' : ''}`, 'aria-pressed': String(here), 'data-switch': p.username, onclick: () => this.bring(p.id) },
        avatar(p.id, p.name), el('span', { dir: 'auto', text: p.name.split(' ')[0] }));
    }), world.sky ? this.skySwitch(say) : '');
    if (held) this.switcher.querySelector(`[data-switch="${held}"]`)?.focus();
  }

  skySwitch(say) {
    return el('button', { type: 'button', class: `switch-to${this.sky.fresh ? ' fresh' : ''}`, 'aria-pressed': String(this.shown === this.sky), 'data-switch': 'sky', onclick: () => this.openSky() },
      el('span', { class: 'avatar sky-mark', 'aria-hidden': 'true' }, icon('cloud')), el('span', { text: say('sky') }));
  }

  hasNews(person) {
    return person.id !== this.shown?.person?.id && (world.chats[person.id] || []).some((h) => h.unread > 0);
  }

  // swap opens the list of people whose phone may stand here.
  swap(phone, button) {
    const box = button.getBoundingClientRect();
    openMenu(phone.screen, { x: box.left, y: box.bottom + 6 }, phonePeople().map((p) => ({
      icon: 'users', name: p.username, words: `${p.name} · ${p.about?.[world.lang] || ''}`, checked: p === phone.person, act: () => this.replace(phone, p),
    })), { label: speaker(world.lang)('swap_phone') });
  }

  // absent are the people whose phones are not on the desk.
  absent() {
    return phonePeople().filter((p) => !this.of(p.id));
  }

  worldChanged() {
    if (!this.phones.length) this.start();
    for (const phone of this.phones) phone.worldChanged();
    if (this.sky.lang !== world.lang) {
      this.sky.lang = world.lang;
      this.sky.drawCap();
      this.sky.draw();
    }
    this.drawSwitcher();
  }

  changed(chats) {
    for (const [as, chat] of chats) this.of(as)?.changed(chat);
  }
}

// firstOf prefers a manager and the clients, the two sides of the story, and among them those who speak as the page does.
function firstOf(all, n) {
  const own = (p) => language(p.lang) === world.lang;
  const people = [...all.filter(own), ...all.filter((p) => !own(p))];
  const weight = (p) => [/manager|owner/i, /client/i].findIndex((r) => r.test(p.about?.en || ''));
  const managers = people.filter((p) => /manager/i.test(p.about?.en || ''));
  const clients = people.filter((p) => weight(p) === 1);
  const rest = people.filter((p) => !managers.includes(p) && !clients.includes(p));
  return [...managers.slice(0, 1), ...clients.slice(0, 2), ...managers.slice(1), ...rest, ...clients.slice(2)].slice(0, n).map((p) => p.id);
}

function remembered() {
  try {
    const ids = JSON.parse(localStorage.getItem(memory) || '[]');
    return narrow.matches || !Array.isArray(ids) ? [] : ids;
  } catch {
    return [];
  }
}
