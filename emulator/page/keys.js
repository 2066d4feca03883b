// Buttons under messages (inline keyboards) and under the text field (reply keyboards).
import { el, icon, bare } from './dom.js';

// inlineKeyboard draws the rows always from left to right, as Telegram does in every language.
export function inlineKeyboard(m, reader) {
  const rows = m.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return el('div', { class: 'keyboard', dir: 'ltr' }, rows.map((row) => el('div', { class: 'row' }, row.map((b) => inlineButton(m, b, reader)))));
}

function inlineButton(m, b, reader) {
  const style = ['danger', 'primary', 'success'].includes(b.style) ? b.style : '';
  const off = Boolean(b.disabled) || acts(b) === null;
  const props = { type: 'button', class: `key ${style}`, 'data-button': b.callback_data, disabled: off };
  if (b.url) Object.assign(props, { 'data-url': b.url, title: reader.say('opens', { url: bare(b.url) }) });
  if (b.copy_text) Object.assign(props, { 'data-copy': b.copy_text.text, title: reader.say('copy_text', { text: b.copy_text.text }) });
  const node = el('button', props, el('span', { class: 'key-words', dir: 'auto', text: b.text }));
  if (b.url) node.append(icon('link'));
  if (b.copy_text) node.append(icon('copy'));
  const act = acts(b);
  if (b.callback_data) busy(node, reader.isBusy(m.message_id, b.callback_data));
  if (act) node.addEventListener('click', () => reader[act](m, b, node));
  return node;
}

// acts names what a button does; null for kinds that the box does not have.
function acts(b) {
  if (b.callback_data) return 'onPress';
  if (b.url) return 'onUrlButton';
  if (b.copy_text) return 'onCopyButton';
  return null;
}

// busy shows that a tap waits for its answer.
export function busy(node, on) {
  node.classList.toggle('busy', on);
  node.setAttribute('aria-busy', String(on));
}

// promptOf is what the bot last asked for below the text field: {rows}, {reply: message} or null.
export function promptOf(messages) {
  for (let i = messages.length - 1; i >= 0; i--) {
    const m = messages[i];
    const prompt = m.prompt || (m.reply_markup?.force_reply ? m.reply_markup : null);
    if (!prompt) continue;
    if (prompt.remove_keyboard) return null;
    const answered = messages.slice(i + 1).some((x) => x.out);
    if (prompt.keyboard) return prompt.one_time_keyboard && answered ? null : { message: m, rows: prompt.keyboard, hint: prompt.input_field_placeholder };
    if (prompt.force_reply && !answered) return { message: m, reply: m, hint: prompt.input_field_placeholder };
    if (prompt.force_reply) return null;
  }
  return null;
}

// replyKeyboard is a panel of texts to send with one tap.
export function replyKeyboard(rows, send) {
  const label = (b) => (typeof b === 'string' ? b : b.text);
  return el('div', { class: 'reply-keyboard', dir: 'ltr' }, rows.map((row) => el('div', { class: 'row' },
    row.map((b) => el('button', { type: 'button', class: 'key', 'data-reply-button': label(b), onclick: () => send(label(b)) }, el('span', { dir: 'auto', text: label(b) }))))));
}
