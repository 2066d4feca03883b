// One phone: whose it is, what its screen shows, and where links lead in it.
import { el, iconButton, avatar } from './dom.js';
import { speaker, language, sides } from './words.js';
import { post, refusal } from './live.js';
import { world, personOf, anyHead, botChat, called, headOf, loadWorld, loadTalk, keyOf } from './store.js';
import { chatList } from './list.js';
import { Chat } from './chat.js';
import { telegramAddress } from './text.js';
import { toast, pickChat } from './menu.js';
import { phoneMenu } from './deeds.js';
import { skyAddress } from './sky.js';

export class Phone {
  // desk is where the phones stand: {swap(phone, button), remove(phone), heard(event, what), alone()}.
  constructor(person, desk) {
    Object.assign(this, { person, desk, trail: [], known: new Map() });
    this.speak();
    this.screen = el('div', { class: 'screen' });
    this.cap = el('div', { class: 'cap' });
    this.node = el('section', { class: 'phone', 'data-phone': person.username || String(person.id) }, this.cap, this.screen);
    this.drawCap();
    const first = botChat(person.id);
    if (first) this.open(first.id);
    else this.show();
  }

  speak() {
    this.lang = language(this.person.lang);
    this.say = speaker(this.lang);
  }

  drawCap() {
    const { person, desk } = this;
    const page = speaker(world.lang);
    const about = person.about?.[world.lang] || '';
    const sign = JSON.stringify([person, world.lang, desk.alone()]);
    if (sign === this.capSign) return;
    this.capSign = sign;
    this.node.setAttribute('aria-label', page('phone_of', { name: person.name }));
    this.screen.setAttribute('lang', this.lang);
    this.screen.setAttribute('dir', sides[this.lang]);
    this.cap.replaceChildren(el('button', { type: 'button', class: 'whose', 'aria-haspopup': 'menu', title: page('swap_phone'), onclick: (e) => desk.swap(this, e.currentTarget) },
      avatar(person.id, person.name), el('span', { class: 'whose-words' }, el('b', { dir: 'auto', text: person.name }), el('span', { dir: 'auto', text: about }))),
    desk.alone() ? '' : iconButton('close', page('close_phone'), () => desk.remove(this)));
  }

  // open shows a chat, or the comments of one of its posts.
  open(id, thread = 0) {
    const here = this.trail[this.trail.length - 1];
    if (here && here.id === id && here.thread === thread) {
      this.chat?.load();
      return;
    }
    if (!thread) this.trail = [];
    this.trail.push({ id, thread });
    this.show();
  }

  back() {
    this.trail.pop();
    this.show();
    this.screen.querySelector('[data-open-chat], [data-back]')?.focus({ preventScroll: true });
  }

  // show draws what the trail says: its last place, or the list of chats.
  show() {
    this.chat?.close();
    this.chat = null;
    const place = this.trail[this.trail.length - 1];
    if (place) {
      this.chat = new Chat(this, place.id, place.thread);
      this.screen.replaceChildren(this.chat.node);
    } else this.drawList();
    this.desk.heard('opened', this);
  }

  drawList() {
    const heads = world.chats[this.person.id] || [];
    const sign = JSON.stringify([heads, this.lang]);
    const old = this.screen.querySelector(':scope > .list-view');
    if (old && sign === this.listSign) return;
    this.listSign = sign;
    const held = document.activeElement?.dataset?.openChat;
    const over = this.screen.querySelectorAll(':scope > .veil, :scope > .toast');
    const list = chatList(this, heads, { open: (id) => this.open(id), menu: (button) => phoneMenu(this, button) });
    const scrolled = this.screen.querySelector('.rows')?.scrollTop || 0;
    const inside = held && this.screen.contains(document.activeElement);
    this.screen.replaceChildren(list, ...over);
    list.querySelector('.rows').scrollTop = scrolled;
    if (inside) list.querySelector(`[data-open-chat="${held}"]`)?.focus({ preventScroll: true });
  }

  // worldChanged fits the phone to what is new: the list, a title, a language.
  worldChanged() {
    const person = personOf(this.person.id) || this.person;
    const other = language(person.lang) !== this.lang;
    this.person = person;
    this.speak();
    this.drawCap();
    if (other) this.show();
    else if (this.chat) this.chat.draw();
    else this.drawList();
  }

  // showing tells whether a change of a chat is to be seen here, also when it is the group behind a thread.
  async changed(chat) {
    if (!this.chat) return;
    if (this.chat.id === chat || this.chat.room === chat) await loadTalk(this.chat.key).catch(() => {});
  }

  talkChanged(key) {
    if (this.chat?.key === key) this.chat.draw();
  }

  toast(text) {
    toast(this.screen, text);
  }

  refused(err) {
    this.toast(refusal(err, this.say));
  }

  attempt(promise) {
    return promise.catch((err) => this.refused(err));
  }

  heard(event, what) {
    this.desk.heard(event, what);
  }

  // stranger is a chat that this person has not joined, as others know it.
  stranger(id) {
    const head = anyHead(id);
    return head ? { ...head, member: false, can_write: false, unread: 0 } : null;
  }

  // follow opens an address that belongs to Telegram, or to the Bluesky beside the phones; false leaves it to the browser.
  follow(address) {
    const there = world.sky && skyAddress(address);
    if (there) {
      this.desk.openSky(there);
      return true;
    }
    const to = telegramAddress(address);
    if (!to) return false;
    if (to.invite) this.attempt(post('join', { as: this.person.id, chat: 0, payload: to.invite }).then((done) => this.arrive(done)));
    else if (to.user?.toLowerCase() === world.bot.username?.toLowerCase()) this.meetBot(to);
    else this.visit(to);
    return true;
  }

  async arrive(done) {
    await loadWorld();
    if (done?.chat) this.open(done.chat);
  }

  // meetBot opens the bot, starts it with what the link carries, or takes it into a channel or group of one's own.
  meetBot({ start: payload, group, channel }) {
    if (channel !== null || group !== null) {
      this.takeBot(channel !== null, group || '');
      return;
    }
    const open = () => {
      const chat = botChat(this.person.id);
      if (chat) this.open(chat.id);
    };
    open();
    if (payload === null || payload === undefined) return;
    this.attempt(post('start', { as: this.person.id, payload }).then(loadWorld).then(open));
  }

  takeBot(toChannel, payload) {
    const as = this.person.id;
    const fits = (h) => (toChannel ? h.type === 'channel' && h.can_write : h.type === 'group' || h.type === 'supergroup');
    const heads = (world.chats[as] || []).filter(fits);
    const deed = (chat) => (toChannel ? post('admin', { as, chat, on: true }) : post('start', { as, chat, payload }));
    pickChat(this.screen, this.say, heads, (h) => this.attempt(deed(h.id).then(loadWorld)), this.say(toChannel ? 'pick_channel' : 'pick_group', { name: called(as, world.bot) }));
  }

  visit(to) {
    const head = headOf(this.person.id, anyHead(to.user)?.id) || anyHead(to.user);
    if (!head) {
      this.toast(this.say('no_such_chat'));
      return;
    }
    this.open(head.id);
    const key = keyOf(this.person.id, head.id);
    if (to.post) loadTalk(key).then(() => this.chat?.feed.goTo(to.post)).catch(() => {});
  }

  close() {
    this.chat?.close();
    this.node.remove();
  }
}
