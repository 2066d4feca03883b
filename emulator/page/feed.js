// The flow of messages of one talk: grouped into runs and albums, with days between; only what changed is drawn anew.
import { el, icon } from './dom.js';
import { day, dayKey, numerals } from './words.js';
import { bubble, isService } from './message.js';

const near = 60; // pixels from the bottom that still count as being there

export class Feed {
  constructor(reader, onTop) {
    this.reader = reader;
    this.nodes = new Map(); // key -> {node, sign}
    this.fresh = 0;
    this.list = el('div', { class: 'messages', role: 'log' });
    this.scroll = el('div', { class: 'feed', tabindex: '0', 'aria-label': reader.say('chats') }, this.list);
    this.jumpWords = el('span');
    this.jump = el('button', { type: 'button', class: 'jump', hidden: true, 'aria-label': reader.say('to_bottom'), onclick: () => this.toBottom(true) }, this.jumpWords, icon('down'));
    this.scroll.addEventListener('scroll', () => {
      if (this.scroll.scrollTop < 80 && this.ready) onTop();
      if (this.atBottom()) this.fresh = 0;
      this.showJump();
    }, { passive: true });
    // What grows after it was drawn (a picture, a keyboard) must not push the last message out of sight.
    this.watcher = new ResizeObserver(() => this.stick && this.toBottom());
    this.watcher.observe(this.list);
    this.watcher.observe(this.scroll);
    this.scroll.addEventListener('scroll', () => this.moved(), { passive: true });
    this.stick = true;
    this.lastTop = 0;
    this.scroll.addEventListener('keydown', (e) => this.walk(e));
  }

  atBottom() {
    const s = this.scroll;
    return s.scrollHeight - s.scrollTop - s.clientHeight < near;
  }

  // moved tells a hand that scrolls up from a flow that grew: only the first leaves the bottom.
  moved() {
    const top = this.scroll.scrollTop;
    if (this.atBottom()) this.stick = true;
    else if (top < this.lastTop - 2) this.stick = false;
    this.lastTop = top;
  }

  toBottom(smoothly) {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smoothly && !calm ? 'smooth' : 'instant' });
  }

  // show draws the messages; it keeps the place of the eye unless the eye was at the bottom.
  show(messages, now) {
    const first = !this.ready;
    const stayed = this.stick || first;
    const before = this.scroll.scrollHeight - this.scroll.scrollTop;
    const oldTop = this.topKey;
    const known = this.lastId || 0;
    const items = itemsOf(messages, this.reader, now);
    this.reconcile(items);
    this.topKey = items.find((i) => i.messages)?.key;
    this.lastId = messages.length ? messages[messages.length - 1].message_id : known;
    const fresh = first ? [] : messages.filter((m) => m.message_id > known);
    if (stayed || fresh.some((m) => m.out)) this.toBottom();
    else if (oldTop !== this.topKey) this.scroll.scrollTop = this.scroll.scrollHeight - before;
    else this.fresh += fresh.length;
    this.ready = true;
    this.showJump();
    return fresh;
  }

  reconcile(items) {
    const seen = new Set();
    let at = this.list.firstChild;
    for (const item of items) {
      seen.add(item.key);
      let known = this.nodes.get(item.key);
      if (!known || known.sign !== item.sign) {
        const node = item.draw();
        if (known) {
          if (at === known.node) at = node;
          this.swap(known.node, node);
        } else if (this.ready) node.classList.add('arrives');
        known = { node, sign: item.sign };
        this.nodes.set(item.key, known);
      }
      if (known.node === at) at = at.nextSibling;
      else this.list.insertBefore(known.node, at);
    }
    for (const [key, { node }] of this.nodes) {
      if (seen.has(key)) continue;
      node.remove();
      this.nodes.delete(key);
    }
  }

  // swap puts a new drawing in an old one's place and keeps the focus on the same button, or on the message.
  swap(old, node) {
    const held = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(node);
    if (!held) return;
    const data = held.getAttribute('data-button');
    const twin = data && [...node.querySelectorAll('[data-button]')].find((b) => b.getAttribute('data-button') === data);
    (twin || node).focus({ preventScroll: true });
  }

  showJump() {
    this.jump.hidden = this.atBottom();
    const { lang, say } = this.reader;
    this.jumpWords.textContent = this.fresh ? say('new_messages', { n: this.fresh }) : '';
    this.jump.dataset.fresh = numerals(lang, this.fresh);
  }

  find(id) {
    return this.list.querySelector(`[data-message-id="${id}"]`);
  }

  // goTo scrolls to a message and lets it shine for a moment.
  goTo(id) {
    const node = this.find(id);
    if (!node) return false;
    node.scrollIntoView({ block: 'center' });
    node.classList.remove('shines');
    requestAnimationFrame(() => node.classList.add('shines'));
    return true;
  }

  // walk moves the focus from message to message with the arrow keys.
  walk(e) {
    if (e.key !== 'ArrowUp' && e.key !== 'ArrowDown') return;
    const at = document.activeElement?.closest?.('.message, .service');
    if (!at && document.activeElement !== this.scroll) return;
    const all = [...this.list.querySelectorAll('.message, .service')];
    const next = at ? all[all.indexOf(at) + (e.key === 'ArrowUp' ? -1 : 1)] : all[all.length - 1];
    if (!next) return;
    e.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  }

  close() {
    this.watcher.disconnect();
  }
}

// itemsOf makes days, service lines and bubbles out of messages, each with a key and a sign that changes with its looks.
function itemsOf(messages, reader, now) {
  const groups = albums(messages);
  const items = [];
  let lastDay = '';
  groups.forEach((group, i) => {
    const m = group[0];
    const key = dayKey(m.date);
    if (key !== lastDay) items.push(dayItem(key, m.date, reader, now));
    lastDay = key;
    const place = { first: !sameRun(groups[i - 1], group), last: !sameRun(group, groups[i + 1]), names: reader.names };
    items.push({
      key: `m${m.message_id}`, messages: group, sign: JSON.stringify([group, place]), draw: () => bubble(group, place, reader),
    });
  });
  return items;
}

function dayItem(key, date, reader, now) {
  const words = day(reader.lang, date, now);
  return { key: `d${key}`, sign: words, draw: () => el('div', { class: 'day', role: 'separator' }, el('span', { text: words })) };
}

function albums(messages) {
  const out = [];
  for (const m of messages) {
    const last = out[out.length - 1];
    if (last && m.media_group_id && last[0].media_group_id === m.media_group_id) last.push(m);
    else out.push([m]);
  }
  return out;
}

const senderOf = (m) => (m.out ? 'me' : String((m.sender_chat || m.from || {}).id));

// sameRun tells whether two neighbours belong together: one sender, one day, within ten minutes.
function sameRun(a, b) {
  if (!a || !b) return false;
  const x = a[a.length - 1];
  const y = b[0];
  if (isService(x) || isService(y) || x.reply_markup || x.comments !== undefined) return false;
  return senderOf(x) === senderOf(y) && dayKey(x.date) === dayKey(y.date) && y.date - x.date < 600;
}
