// What the page knows: the world, and the talks that are open somewhere. Views read it and hear when something changed.
import { get, post } from './live.js';
import { nameOf } from './dom.js';

export const world = { people: [], chats: {}, bot: {}, clock: null, faults: {}, bot_alive: true, tour: null, sky: false, lang: '' };
const talks = new Map(); // by key
const loading = new Map(); // key -> the question that runs, and the one that waits for it
const ears = new Map(); // event -> functions

export function on(event, ear) {
  if (!ears.has(event)) ears.set(event, new Set());
  ears.get(event).add(ear);
  return () => ears.get(event).delete(ear);
}

export function tell(event, ...what) {
  for (const ear of [...(ears.get(event) || [])]) ear(...what);
}

// now is the moment on the clock of the demo; without one it is ours.
export function now() {
  return world.clock?.now || Math.floor(Date.now() / 1000);
}

export const personOf = (id) => world.people.find((p) => p.id === id);
export const phonePeople = () => world.people.filter((p) => p.phone);
export const headOf = (as, chat) => (world.chats[as] || []).find((h) => h.id === chat);

// botChat is a person's chat with the bot.
export function botChat(as) {
  return (world.chats[as] || []).find((h) => h.type === 'private');
}

// called is how somebody's phone names a person, a channel or the bot: the bot has a name for each language.
export function called(as, who) {
  return who?.id === world.bot.id ? botChat(as)?.title || world.bot.name : nameOf(who);
}

// anyHead looks for a chat in everybody's lists, by id or by username.
export function anyHead(wanted) {
  for (const heads of Object.values(world.chats)) {
    const found = heads.find((h) => h.id === wanted || (h.username && h.username.toLowerCase() === String(wanted).toLowerCase()));
    if (found) return found;
  }
  return null;
}

// Each talk is known by whose phone, which chat, and for a thread of comments which post.
export const keyOf = (as, chat, thread = 0) => `${as}/${chat}/${thread}`;
export const talkOf = (key) => talks.get(key);

// What is on a screen counts as read; what is only looked at from behind does not.
export const onScreen = new Map(); // key -> how many phones show it

// An answer to loadWorld may be older than what the stream has told since it was asked for: then the stream is right.
let heardAt = 0;
const heard = new Map(); // field of the world -> when the stream told it

export function hear(field, value) {
  world[field] = value;
  heard.set(field, ++heardAt);
}

export async function loadWorld() {
  await guarded('world', async () => {
    const asked = heardAt;
    const fresh = await get('world');
    for (const [field, at] of heard) if (at > asked) fresh[field] = world[field];
    Object.assign(world, fresh);
    tell('world');
  });
}

// guarded runs one question at a time. Whoever asks while one runs gets the answer of one more run after it, which is newer.
function guarded(key, work) {
  const running = loading.get(key);
  if (!running) return run(key, work);
  running.next ??= running.done.catch(() => {}).then(() => run(key, work));
  return running.next;
}

function run(key, work) {
  const state = { next: null };
  loading.set(key, state);
  state.done = work().finally(() => loading.get(key) === state && loading.delete(key));
  return state.done;
}

export async function loadTalk(key) {
  const [as, chat, thread] = key.split('/').map(Number);
  await guarded(key, async () => {
    const old = talks.get(key);
    const limit = Math.min(200, Math.max(50, old?.messages.length || 0));
    const fresh = thread ? await get('comments', { as, channel: chat, post: thread }) : await get('chat', { as, chat, limit, peek: onScreen.get(key) ? undefined : 1 });
    talks.set(key, merged(old, fresh));
    tell('talk', key);
  });
}

// merged keeps the older messages that were asked for before; what is gone from the fresh part is gone.
function merged(old, fresh) {
  const talk = { ...fresh, messages: fresh.messages || [], pinned: fresh.pinned || [], commands: fresh.commands || [] };
  const oldest = talk.messages[0]?.message_id;
  if (!old || oldest === undefined || !talk.more) return talk;
  const earlier = old.messages.filter((m) => m.message_id < oldest);
  if (earlier.length > 0) talk.more = old.more;
  talk.messages = [...earlier, ...talk.messages];
  return talk;
}

// loadEarlier asks for the part of a talk before the oldest message that is known.
export async function loadEarlier(key) {
  const [as, chat, thread] = key.split('/').map(Number);
  const talk = talks.get(key);
  if (thread || !talk?.more || loading.has(`${key}/before`)) return;
  await guarded(`${key}/before`, async () => {
    const before = talk.messages[0].message_id;
    const part = await get('chat', { as, chat, before, limit: 50 });
    const known = talks.get(key);
    talks.set(key, { ...known, messages: [...part.messages, ...known.messages.filter((m) => m.message_id >= before)], more: part.more });
    tell('talk', key);
  });
}

// forget drops a talk that no phone shows any more.
export function forget(key) {
  talks.delete(key);
}

// setTyping notes what the other side is doing.
export function setTyping(as, chat, action) {
  for (const [key, talk] of talks) {
    if (!key.startsWith(`${as}/${chat}/`)) continue;
    talk.typing = action;
    tell('typing', key);
  }
}

// Answers to taps come over the stream, sometimes before the tap's own answer gave its number.
const waiting = new Map(); // query -> function
const early = new Map(); // query -> answer

export async function press(tap) {
  const { query } = await post('press', tap);
  const got = early.get(query);
  if (got) {
    early.delete(query);
    return got;
  }
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(query, null), 20000);
    waiting.set(query, (what) => {
      clearTimeout(timer);
      resolve(what);
    });
  });
}

function settle(query, what) {
  waiting.get(query)?.(what);
  waiting.delete(query);
}

export function answered(what) {
  if (waiting.has(what.query)) settle(what.query, what);
  else {
    if (early.size > 50) early.clear(); // taps of other windows
    early.set(what.query, what);
  }
}
