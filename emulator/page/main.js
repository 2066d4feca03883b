// The page of phones: a Telegram in a box. This file wires the parts; every part says in its first lines what it is.
//
// Hooks for tests: phone [data-phone="<username>"], open chat [data-chat="<id>"], chat in a list [data-open-chat="<id>"],
// message [data-message-id], buttons [data-button="<callback data>"] [data-url] [data-reply-button], text field [data-composer],
// [data-send] [data-attach] [data-files] [data-menu="<deed>"], toast [data-toast], alert [data-alert], tour [data-tour="<step>"]
// with [data-tour-do], clock [data-skip], faults [data-fault], the bot's process [data-bot], switcher [data-switch="<username>"]; Bluesky [data-sky], its posts [data-sky-post]
// with [data-sky-answer] [data-sky-text] [data-sky-send] [data-sky-like], app passwords [data-sky-brand] [data-sky-password].
import { el } from './dom.js';
import { setZone, speaker, sides } from './words.js';
import { follow } from './live.js';
import { world, loadWorld, hear, on, tell, setTyping, answered } from './store.js';
import { Bars } from './bars.js';
import { Desk } from './desk.js';
import { Tour } from './tour.js';
import { openMenu } from './menu.js';

const body = document.body;
let bars;
let desk;
let tour;

// The first word about the page's language is the server's, then the visitor's.
function chooseLanguage() {
  world.lang = localStorage.getItem('peyk.lang') || world.lang || 'fa';
  const say = speaker(world.lang);
  document.documentElement.lang = world.lang;
  document.documentElement.dir = sides[world.lang];
  document.title = `${say('product')} · ${say('title')}`;
}

function switchLanguage() {
  localStorage.setItem('peyk.lang', world.lang === 'fa' ? 'en' : 'fa');
  chooseLanguage();
  bars.build();
  desk.arrange();
  tour.update();
  body.querySelector('[data-language]').focus();
}

function switchTheme() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const now = document.documentElement.dataset.theme || (dark ? 'dark' : 'light');
  document.documentElement.dataset.theme = now === 'dark' ? 'light' : 'dark';
  localStorage.setItem('peyk.theme', document.documentElement.dataset.theme);
}

function addPhone(button) {
  const box = button.getBoundingClientRect();
  const say = speaker(world.lang);
  openMenu(body, { x: box.left, y: box.bottom + 6 }, [...desk.absent().map((p) => ({
    icon: 'users', name: p.username, words: `${p.name} · ${p.about?.[world.lang] || ''}`, act: () => desk.add(p),
  })), desk.skyAbsent() && { icon: 'cloud', name: 'sky', words: `${say('sky')} · ${say('sky_about')}`, act: () => desk.openSky() }], { label: say('add_phone') });
}

// heard passes what happened on a phone to the tour.
function heard(event, what) {
  if (!tour) return;
  if (event === 'pressed') tour.pressed(what);
  else tour.mark();
}

function worldChanged() {
  setZone(world.clock?.zone);
  chooseLanguage();
  bars.update();
  desk.worldChanged();
  body.querySelector('.add-phone').disabled = desk.absent().length === 0 && !desk.skyAbsent();
  tour.update();
}

async function changed({ world: all, chats }) {
  desk.changed(chats || []);
  tour.changed(chats || []);
  if (all) await loadWorld().catch(() => {});
}

// resync asks for everything that is shown, after the wire was down.
async function resync() {
  await loadWorld().catch(() => {});
  desk.phones.forEach((p) => p.chat?.load());
  desk.sky.load();
  tour.loadAll();
}

function listen() {
  on('world', worldChanged);
  on('talk', (key) => {
    desk.phones.forEach((p) => p.talkChanged(key));
    tour.check();
  });
  on('typing', (key) => desk.phones.forEach((p) => p.talkChanged(key)));
  follow({
    resync, lost: (is) => bars.lost(is), change: changed, answer: answered,
    typing: ({ as, chat, action }) => setTyping(as, chat, action),
    clock: (clock) => {
      hear('clock', clock);
      bars.tick();
    },
    bot: ({ alive }) => {
      hear('bot_alive', alive);
      bars.update();
    },
    sky: () => desk.skyChanged().then(() => bars.update()),
    faults: (faults) => {
      hear('faults', faults);
      bars.update();
    },
  });
}

async function start() {
  const theme = localStorage.getItem('peyk.theme');
  if (theme) document.documentElement.dataset.theme = theme;
  await loadWorld();
  setZone(world.clock?.zone);
  chooseLanguage();
  bars = new Bars({ addPhone, language: switchLanguage, theme: switchTheme, tourAgain: () => tour.turn('again'), sky: () => desk.openSky({}), signedOut: () => desk?.sky.signedOut() });
  desk = new Desk(heard);
  tour = new Tour(desk);
  body.replaceChildren(bars.node, tour.node, desk.node);
  if (world.people.some((p) => p.phone)) desk.start();
  else desk.table.append(el('p', { class: 'nothing', text: speaker(world.lang)('no_people') }));
  listen();
  tell('world');
}

start().catch(() => {
  const lang = document.documentElement.lang === 'en' ? 'en' : 'fa';
  body.replaceChildren(el('p', { class: 'nothing', text: speaker(lang)('lost') }));
  setTimeout(() => location.reload(), 2000);
});
