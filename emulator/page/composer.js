// The foot of a chat: text field, what it answers or edits, attachments, voice, commands and reply buttons.
import { el, icon, iconButton } from './dom.js';
import { called } from './store.js';
import { summary } from './text.js';
import { replyKeyboard } from './keys.js';
import { Attachments } from './attach.js';
import { Recorder, canRecord } from './record.js';

export class Composer {
  // send(text), sendFiles(files, {caption, kind}), edit(message, text) are the chat's deeds.
  constructor(phone, deeds, { files = true, placeholder }) {
    Object.assign(this, { phone, deeds, say: phone.say, hint: placeholder });
    this.context = null; // {reply: message} or {edit: message}
    this.commands = [];
    this.field = el('textarea', { rows: '1', dir: 'auto', 'data-composer': '', 'aria-label': placeholder, placeholder, enterkeyhint: 'send' });
    this.strip = el('div', { class: 'context', hidden: true });
    this.panel = el('div', { class: 'panel', hidden: true });
    this.keys = iconButton('keys', this.say('keyboard'), () => this.toggleKeyboard(), { hidden: true });
    this.slash = iconButton('slash', this.say('commands'), () => this.toggleCommands(), { hidden: true, 'data-commands': '', 'aria-expanded': 'false' });
    this.sendKey = iconButton('send', this.say('send'), () => this.submit(), { class: 'send', 'data-send': '' });
    this.voiceKey = iconButton('mic', this.say('record'), () => this.record(), { class: 'voice', 'data-record': '' });
    this.files = files ? new Attachments(phone, this) : null;
    const line = el('div', { class: 'composer-line' }, this.slash, this.files?.button, this.field, this.keys, this.voiceKey, this.sendKey);
    this.node = el('footer', { class: 'composer' }, this.panel, this.files?.node, this.strip, line);
    this.line = line;
    this.listen();
    this.refresh();
  }

  listen() {
    this.field.addEventListener('input', () => this.refresh());
    this.field.addEventListener('keydown', (e) => this.onKey(e));
    this.field.addEventListener('paste', (e) => {
      const files = [...(e.clipboardData?.files || [])];
      if (!files.length || !this.files) return;
      e.preventDefault();
      this.files.add(files);
    });
  }

  onKey(e) {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      this.submit();
    } else if (e.key === 'Escape' && (this.context || !this.panel.hidden)) {
      e.stopPropagation();
      this.closePanel();
      this.setContext(null);
    }
  }

  // refresh fits the height, the keys and the list of commands to what is written.
  refresh() {
    this.field.style.height = 'auto';
    if (this.field.scrollHeight) this.field.style.height = `${Math.min(this.field.scrollHeight, 140)}px`;
    const filled = this.field.value.trim() !== '' || Boolean(this.files?.chosen.length) || Boolean(this.context?.edit);
    this.sendKey.hidden = !filled && canRecord() && Boolean(this.files);
    this.voiceKey.hidden = !this.sendKey.hidden;
    const typed = this.field.value;
    if (/^\/\w*$/.test(typed)) this.showCommands(typed.slice(1).toLowerCase());
    else if (this.panel.dataset.kind === 'commands' && typed) this.closePanel();
    this.field.placeholder = this.files?.chosen.length ? this.say('write_caption') : this.prompt?.hint || this.hint;
  }

  submit() {
    const text = this.field.value.trim();
    const files = this.files?.take();
    const { context } = this;
    if (files?.length) this.deeds.sendFiles(files, { caption: text, kind: files.kind, reply: context?.reply?.message_id });
    else if (context?.edit) text && this.deeds.edit(context.edit, text);
    else if (text) this.deeds.say(text, context?.reply?.message_id);
    else return;
    this.clear();
  }

  clear() {
    this.field.value = '';
    this.setContext(null);
    this.closePanel();
    this.refresh();
  }

  // setContext says that the next text answers or edits a message; null for neither.
  setContext(context) {
    if (this.context?.edit && !context?.edit) this.field.value = '';
    this.context = context;
    const m = context?.reply || context?.edit;
    this.strip.hidden = !m;
    this.strip.replaceChildren();
    if (!m) return this.refresh();
    const title = context.edit ? this.say('editing') : this.say('replying', { name: called(this.phone.person.id, m.sender_chat || m.from) });
    this.strip.append(icon(context.edit ? 'edit' : 'reply'),
      el('span', { class: 'context-words' }, el('b', { text: title }), el('span', { dir: 'auto', text: summary(m, this.say) })),
      iconButton('close', this.say('cancel'), () => this.setContext(null)));
    if (context.edit) this.field.value = m.text || m.caption || '';
    this.refresh();
    this.field.focus({ preventScroll: true });
  }

  setCommands(commands) {
    this.commands = commands;
    this.slash.hidden = commands.length === 0;
  }

  // setPrompt shows what the bot asks for: reply buttons, or an answer to one message.
  setPrompt(prompt) {
    const id = prompt ? `${prompt.message.message_id}` : '';
    if (id === this.promptId) return;
    const had = this.prompt;
    Object.assign(this, { promptId: id, prompt });
    this.keys.hidden = !prompt?.rows;
    if (this.panel.dataset.kind === 'keyboard') this.closePanel();
    if (had?.reply && this.context?.reply?.message_id === had.reply.message_id) this.setContext(null);
    if (prompt?.rows) this.openKeyboard();
    if (prompt?.reply && !this.field.value) this.setPromptReply(prompt);
    this.refresh();
  }

  // A question of the bot must not take the focus from another phone.
  setPromptReply(prompt) {
    const held = document.activeElement;
    this.setContext({ reply: prompt.reply });
    if (held && held !== document.body && !this.phone.node.contains(held)) held.focus({ preventScroll: true });
  }

  openPanel(kind, node) {
    this.panel.dataset.kind = kind;
    this.panel.replaceChildren(node);
    this.panel.hidden = false;
    this.slash.setAttribute('aria-expanded', String(kind === 'commands'));
  }

  closePanel() {
    this.panel.hidden = true;
    this.panel.dataset.kind = '';
    this.slash.setAttribute('aria-expanded', 'false');
  }

  openKeyboard() {
    this.openPanel('keyboard', replyKeyboard(this.prompt.rows, (text) => this.deeds.say(text)));
  }

  toggleKeyboard() {
    if (this.panel.dataset.kind === 'keyboard') this.closePanel();
    else this.openKeyboard();
  }

  toggleCommands() {
    if (this.panel.dataset.kind === 'commands') this.closePanel();
    else this.showCommands('');
  }

  showCommands(start) {
    const fitting = this.commands.filter((c) => c.command.startsWith(start));
    if (!fitting.length) return this.closePanel();
    this.openPanel('commands', el('div', { class: 'commands', role: 'menu' }, fitting.map((c) => el('button', {
      type: 'button', role: 'menuitem', 'data-command': c.command, onclick: () => {
        this.clear();
        this.deeds.say(`/${c.command}`);
      },
    }, el('b', { dir: 'ltr', text: `/${c.command}` }), el('span', { dir: 'auto', text: c.description })))));
    return undefined;
  }

  record() {
    const recorder = new Recorder(this.phone, (file) => {
      recorder.node.replaceWith(this.line);
      if (file) this.deeds.sendFiles([file], { kind: 'voice', reply: this.context?.reply?.message_id });
      this.field.focus({ preventScroll: true });
    });
    this.line.replaceWith(recorder.node);
    recorder.start();
  }
}
