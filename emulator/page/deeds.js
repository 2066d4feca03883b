// The menus of a phone: what can be done with a message, with a chat, and with the phone itself.
import { el, bare } from './dom.js';
import { post } from './live.js';
import { world, headOf, called, loadWorld } from './store.js';
import { openMenu, underOf, ask, pickChat } from './menu.js';
import { isService } from './message.js';

const moods = ['👍', '❤️', '🔥', '👏', '🎉', '😁', '😢', '🙏'];

// messageMenu opens over a message at a place of the screen.
export function messageMenu(chat, m, at) {
  const { say, phone } = chat;
  const mine = m.out || (chat.head.type === 'channel' && chat.head.can_write && chat.thread === 0);
  const all = chat.talk.messages.filter((x) => x.message_id === m.message_id || (m.media_group_id && x.media_group_id === m.media_group_id));
  const words = all.find((x) => x.text || x.caption) || m;
  const text = words.text || words.caption;
  openMenu(phone.screen, at, [
    chat.composer && { icon: 'reply', name: 'reply', words: say('reply'), act: () => chat.composer.setContext({ reply: m }) },
    text && { icon: 'copy', name: 'copy', words: say('copy'), act: () => chat.copy(text) },
    !isService(m) && { icon: 'forward', name: 'forward', words: say('forward'), act: () => forward(chat, all) },
    mine && chat.composer && !isService(m) && !m.forward_origin && { icon: 'edit', name: 'edit', words: say('edit'), act: () => chat.composer.setContext({ edit: words }) },
    mine && { icon: 'trash', name: 'delete', danger: true, words: say('delete'), act: () => remove(chat, all) },
  ], { label: say('message_menu'), above: isService(m) ? null : (close) => reactions(chat, m, close) });
}

function reactions(chat, m, close) {
  return el('div', { class: 'reactions', dir: 'ltr' }, moods.map((emoji) => el('button', {
    type: 'button', role: 'menuitem', 'aria-label': chat.say('react', { emoji }), text: emoji, onclick: () => {
      close();
      chat.deed('react', { chat: chat.room, message: m.message_id, emoji });
    },
  })));
}

function forward(chat, messages) {
  const heads = (world.chats[chat.as] || []).filter((h) => h.can_write !== false && h.member !== false);
  pickChat(chat.phone.screen, chat.say, heads, async (to) => {
    const done = await chat.deed('forward', { from: chat.room, messages: messages.map((m) => m.message_id), chat: to.id });
    if (!done) return;
    chat.phone.toast(chat.say('forwarded_done'));
    chat.phone.open(to.id);
  });
}

function remove(chat, messages) {
  ask(chat.phone.screen, chat.say, {
    title: chat.say('delete_sure'), yes: chat.say('delete'), danger: true,
    act: () => messages.forEach((m) => chat.deed('delete', { chat: chat.room, message: m.message_id })),
  });
}

// chatMenu opens under the three dots of a chat.
export function chatMenu(chat, button) {
  const { head, say, phone } = chat;
  const name = called(phone.person.id, world.bot);
  const items = [];
  if (head.type === 'private') {
    const on = !chat.talk?.blocked;
    items.push({ icon: 'block', name: 'block', danger: on, words: say(on ? 'block' : 'unblock'), act: () => chat.deed('block', { on }) });
  } else {
    const invites = head.can_write && head.type === 'channel';
    if (head.username) items.push({ icon: 'link', name: 'copy-link', words: say('copy_link'), act: () => chat.copy(`https://t.me/${head.username}`) });
    else if (invites) items.push({ icon: 'link', name: 'copy-link', words: say('copy_link'), act: () => chat.deed('invite', { chat: chat.id }).then((made) => made && chat.copy(made.link)) });
    if (head.type === 'channel' && head.can_write) {
      const on = !head.bot_admin;
      items.push({ icon: 'shield', name: 'admin', words: say(on ? 'make_admin' : 'drop_admin', { name }), act: () => chat.deed('admin', { chat: chat.id, on }).then(refresh) });
    }
    const deed = head.member === false ? 'join' : 'leave';
    items.push({ icon: 'door', name: deed, danger: deed === 'leave', words: say(deed), act: () => chat.deed(deed, { chat: chat.id }).then(refresh) });
  }
  openMenu(phone.screen, underOf(button), items, { label: say('more') });
}

const refresh = () => loadWorld().catch(() => {});

// phoneMenu opens under the three bars of the chat list.
export function phoneMenu(phone, button) {
  const { say, person } = phone;
  const box = button.getBoundingClientRect();
  const speak = (lang, words) => ({
    icon: 'globe', name: `language-${lang}`, words, checked: phone.lang === lang,
    act: () => phone.attempt(post('language', { as: person.id, lang }).then(loadWorld)),
  });
  openMenu(phone.screen, { x: box.left, y: box.bottom + 4 }, [
    { icon: 'megaphone', name: 'new-channel', words: say('new_channel'), act: () => newChannel(phone) },
    { icon: 'link', name: 'join-link', words: say('join_link'), act: () => joinByLink(phone) },
    speak('fa', 'فارسی'), speak('en', 'English'),
  ], { label: say('menu') });
}

function newChannel(phone) {
  const { say, person } = phone;
  ask(phone.screen, say, {
    title: say('new_channel'), yes: say('create'),
    fields: [{ name: 'title', words: say('channel_name') }, { name: 'username', words: say('channel_handle'), dir: 'ltr', optional: true }],
    act: ({ title, username }) => phone.attempt(post('channel', { as: person.id, title, username: bare(username).replace(/^@/, '') || undefined })
      .then(async (made) => {
        await loadWorld();
        if (headOf(person.id, made.chat)) phone.open(made.chat);
      })),
  });
}

function joinByLink(phone) {
  const { say } = phone;
  ask(phone.screen, say, {
    title: say('join_link'), yes: say('join'), fields: [{ name: 'link', words: say('link_hint'), dir: 'ltr' }],
    act: ({ link }) => {
      const address = link.trim().replace(/^@/, 'https://t.me/');
      if (!phone.follow(address)) phone.toast(say('no_such_chat'));
    },
  });
}
