// One open chat, or the comments under one post: its bar, its flow of messages, its foot, and what taps in it do.
import { el, icon, bare } from './dom.js';
import { post, upload, fileAddress } from './live.js';
import { headOf, called, keyOf, talkOf, loadTalk, loadWorld, loadEarlier, press, now, onScreen } from './store.js';
import { headerOf, subtitle } from './list.js';
import { Feed } from './feed.js';
import { Composer } from './composer.js';
import { summary } from './text.js';
import { promptOf, busy } from './keys.js';
import { messageMenu, chatMenu } from './deeds.js';
import { measured } from './measure.js';
import { bigPhoto, alertBox } from './menu.js';

export class Chat {
  // thread is the number of the post whose comments are shown; 0 for the chat itself.
  constructor(phone, id, thread = 0) {
    Object.assign(this, { phone, id, thread, as: phone.person.id, say: phone.say, lang: phone.lang });
    this.key = keyOf(this.as, id, thread);
    onScreen.set(this.key, (onScreen.get(this.key) || 0) + 1);
    this.busy = new Map(); // "message data" -> true, taps without an answer
    this.feed = new Feed(this.reader(), () => loadEarlier(this.key).catch(() => {}));
    this.feed.scroll.setAttribute('aria-label', this.head.title);
    this.top = el('div', { class: 'top' });
    this.pinned = el('div', { class: 'pinned', hidden: true });
    this.nothing = el('p', { class: 'empty-note', hidden: true });
    this.foot = el('div', { class: 'foot' });
    this.spoken = el('div', { class: 'unseen', 'aria-live': 'polite' });
    this.node = el('div', { class: 'view chat-view', 'data-chat': String(id), 'data-thread': thread ? String(thread) : null },
      this.top, this.pinned, el('div', { class: 'feed-box' }, this.feed.scroll, this.nothing, this.feed.jump), this.foot, this.spoken);
    this.listen();
    this.draw();
    this.load();
  }

  // head is what the chat list knows of the chat; a channel that was never joined is known by others.
  get head() {
    return headOf(this.as, this.id) || this.phone.stranger(this.id) || { id: this.id, title: '…', type: 'private', member: true, can_write: true };
  }

  get talk() {
    return talkOf(this.key);
  }

  load() {
    return loadTalk(this.key).catch((err) => {
      if (this.head.member !== false) this.phone.refused(err); // a closed room is seen only by those who are in it
    });
  }

  listen() {
    const list = this.feed.list;
    list.addEventListener('contextmenu', (e) => this.openMenu(e, e));
    list.addEventListener('keydown', (e) => {
      if (e.key === 'ContextMenu' || (e.key === 'F10' && e.shiftKey) || (e.key === 'Enter' && e.target.classList.contains('message'))) {
        const box = e.target.getBoundingClientRect();
        this.openMenu(e, { clientX: box.left + 40, clientY: Math.max(box.top, 60) + 20 });
      }
    });
    list.addEventListener('dblclick', (e) => {
      const m = !e.target.closest('button, a, video') && this.messageAt(e.target);
      if (m && this.composer) this.composer.setContext({ reply: m });
    });
    for (const kind of ['dragover', 'dragleave', 'drop']) this.node.addEventListener(kind, (e) => this.onDrag(e));
    this.longPress(list);
  }

  longPress(list) {
    let timer = 0;
    const stop = () => clearTimeout(timer);
    list.addEventListener('touchstart', (e) => {
      const touch = e.touches[0];
      timer = setTimeout(() => this.openMenu(e, touch), 480);
    }, { passive: true });
    for (const kind of ['touchend', 'touchmove', 'touchcancel']) list.addEventListener(kind, stop, { passive: true });
  }

  onDrag(e) {
    if (!this.composer?.files || ![...(e.dataTransfer?.types || [])].includes('Files')) return;
    e.preventDefault();
    this.node.classList.toggle('dropping', e.type === 'dragover');
    this.node.dataset.drop = this.say('drop_here');
    if (e.type === 'drop') this.composer.files.add([...e.dataTransfer.files]);
  }

  messageAt(node) {
    const id = Number(node.closest('[data-message-id]')?.dataset.messageId);
    return this.talk?.messages.find((m) => m.message_id === id);
  }

  openMenu(e, place) {
    const m = this.messageAt(e.target);
    if (!m || e.target.closest('a, textarea')) return;
    if (e.cancelable) e.preventDefault();
    messageMenu(this, m, { x: place.clientX, y: place.clientY });
  }

  // reader is what the messages need to know: the language, and what taps do.
  reader() {
    const { say, lang, phone } = this;
    return {
      say, lang, me: this.as, file: fileAddress, nameOf: (who) => called(this.as, who),
      names: this.thread !== 0 || this.head.type === 'group' || this.head.type === 'supergroup',
      isBusy: (id, data) => this.busy.has(`${id} ${data}`),
      onPress: (m, b) => this.press(m, b.callback_data),
      onUrlButton: (m, b) => phone.follow(b.url) || window.open(b.url, '_blank', 'noopener,noreferrer'),
      onCopyButton: (m, b) => this.copy(b.copy_text.text),
      onLink: (address) => phone.follow(address),
      onMention: (name) => phone.follow(`https://t.me/${name.replace('@', '')}`),
      onCommand: (text) => this.deed('say', { chat: this.id, text }),
      onPhoto: (photo) => bigPhoto(phone.screen, say, photo),
      onJump: (id) => this.feed.goTo(id),
      onComments: (m) => phone.open(this.id, m.message_id),
      onReact: (m, emoji) => this.deed('react', { chat: this.room, message: m.message_id, emoji }),
      impliedReply: (m) => this.thread !== 0 && Boolean(m.reply_to_message?.is_automatic_forward),
    };
  }

  // room is the chat in which the shown messages live: of comments it is the linked group.
  get room() {
    return this.thread ? this.talk?.id || this.head.linked : this.id;
  }

  // deed does something as the phone's owner and shows what came of it.
  async deed(what, body) {
    try {
      const done = await post(what, { as: this.as, ...body });
      this.load();
      return done || true;
    } catch (err) {
      this.phone.refused(err);
      return null;
    }
  }

  async press(m, data) {
    const tap = `${m.message_id} ${data}`;
    if (this.busy.has(tap)) return;
    this.mark(tap, m, data, true);
    let got = null;
    try {
      got = await press({ as: this.as, chat: this.room, message: m.message_id, data });
    } catch (err) {
      this.phone.refused(err);
    }
    this.mark(tap, m, data, false);
    if (got) this.showAnswer(got);
    this.phone.heard('pressed', { as: this.as, message: m, data, got });
  }

  mark(tap, m, data, on) {
    if (on) this.busy.set(tap, true);
    else this.busy.delete(tap);
    this.feed.find(m.message_id)?.querySelectorAll('[data-button]').forEach((b) => b.dataset.button === data && busy(b, on));
  }

  showAnswer({ text, alert, url }) {
    if (url && !this.phone.follow(url)) window.open(url, '_blank', 'noopener,noreferrer');
    if (!text) return;
    if (alert) alertBox(this.phone.screen, this.say, this.head.title, text);
    else this.phone.toast(text);
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      this.phone.toast(bare(text));
      return;
    }
    this.phone.toast(this.say('copied'));
  }

  // draw brings everything up to what is known now.
  draw() {
    this.drawTop();
    this.drawPinned();
    this.drawFoot();
    const talk = this.talk;
    this.node.classList.toggle('waiting', !talk);
    if (!talk) return;
    const fresh = this.feed.show(talk.messages, now());
    this.nothing.textContent = talk.description || this.say(this.isBot ? 'empty_bot' : 'empty');
    this.nothing.hidden = talk.messages.length > 0;
    this.composer?.setCommands(talk.commands);
    this.composer?.setPrompt(promptOf(talk.messages));
    const heard = fresh.filter((m) => !m.out).slice(-2);
    if (heard.length) this.spoken.textContent = heard.map((m) => summary(m, this.say)).join('. ');
  }

  get isBot() {
    return this.head.type === 'private';
  }

  drawTop() {
    const head = this.thread ? { ...this.head, title: this.say('comments_title') } : this.head;
    const words = this.thread ? this.head.title : subtitle(head, this.talk, this.lang, this.say);
    const sign = JSON.stringify([head.title, words, this.talk?.blocked, head.member, head.bot_admin]);
    if (sign === this.topSign) return;
    this.topSign = sign;
    const on = { back: () => this.phone.back(), menu: this.thread ? null : (button) => chatMenu(this, button) };
    const bar = headerOf(this.phone, head, words, on);
    bar.classList.toggle('typing', Boolean(this.talk?.typing));
    this.top.replaceChildren(bar);
  }

  drawPinned() {
    const ids = this.talk?.pinned || [];
    const id = ids[ids.length - 1];
    const m = this.talk?.messages.find((x) => x.message_id === id);
    this.pinned.hidden = !id || this.thread !== 0;
    if (this.pinned.hidden) return;
    this.pinned.replaceChildren(el('button', { type: 'button', onclick: () => this.feed.goTo(id) }, icon('pin'),
      el('span', { class: 'context-words' }, el('b', { text: this.say('pinned') }), el('span', { dir: 'auto', text: summary(m, this.say) }))));
  }

  // drawFoot shows a text field, or the one button that fits: start, unblock, join.
  drawFoot() {
    const kind = this.footKind();
    if (kind === this.footIs) return;
    this.footIs = kind;
    this.composer = null;
    const wide = (words, act) => el('button', { type: 'button', class: 'wide', 'data-foot': kind, text: this.say(words), onclick: act });
    const feet = {
      start: () => wide('start', () => this.deed('start', { payload: '' })),
      unblock: () => wide('unblock', () => this.deed('block', { on: false })),
      join: () => wide('join', () => this.deed('join', { chat: this.id }).then(loadWorld).then(() => this.load())),
      readonly: () => el('p', { class: 'foot-note', text: this.say('read_only') }),
      write: () => this.makeComposer().node,
    };
    this.foot.replaceChildren(feet[kind]());
  }

  footKind() {
    const { head, talk } = this;
    if (this.thread) return 'write';
    if (this.isBot && talk?.blocked) return 'unblock';
    if (this.isBot && talk && talk.messages.length === 0) return 'start';
    if (!this.isBot && head.member === false) return 'join';
    return head.can_write === false ? 'readonly' : 'write';
  }

  makeComposer() {
    const placeholder = this.say(this.thread ? 'write_comment' : this.head.type === 'channel' ? 'write_post' : 'write');
    this.composer = new Composer(this.phone, {
      say: (text, reply) => this.sayText(text, reply),
      sendFiles: (files, rest) => this.sendFiles(files, rest),
      edit: (m, text) => this.deed('edit', { chat: this.room, message: m.message_id, text }),
    }, { files: !this.thread, placeholder });
    return this.composer;
  }

  sayText(text, reply) {
    if (!this.thread) return this.deed('say', { chat: this.id, text, reply });
    return this.deed('comment', { channel: this.id, post: this.thread, text, reply });
  }

  async sendFiles(files, { caption, kind = 'auto', reply }) {
    this.node.classList.add('sending');
    try {
      await upload({ as: this.as, chat: this.id, caption, kind, reply }, files, await measured(files));
      await this.load();
    } catch (err) {
      this.phone.refused(err);
    }
    this.node.classList.remove('sending');
  }

  close() {
    onScreen.set(this.key, onScreen.get(this.key) - 1);
    this.feed.close();
  }
}
