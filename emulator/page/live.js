// The wire: questions and deeds over HTTP, and the stream of what changed. It knows addresses, not meanings.

// A Refusal is an answer of the server with words for people.
export class Refusal extends Error {
  constructor(code, text) {
    super(text || '');
    this.code = code;
  }
}

// refusal says in the reader's language why something was not done. Words that the page does not have come from the server,
// which knows whose phone it is.
export function refusal(err, say) {
  const known = ['nobody', 'chat', 'message', 'right', 'control', 'files', 'kind', 'button', 'taken', 'request', 'due', 'nobody_in'];
  if (!(err instanceof Refusal)) return say('failed');
  return known.includes(err.code) ? say(`refused_${err.code}`) : err.message || say('failed');
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(body.error || String(response.status), body.text);
  return body;
}

export function get(path, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, v]) => v !== undefined && v !== null));
  return fetch(`/api/${path}?${query}`, { cache: 'no-store' }).then(answer);
}

export function post(path, body) {
  return fetch(`/api/${path}`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Peyk': '1' }, body: JSON.stringify(body),
  }).then(answer);
}

// upload sends files with their words and measures; values that are undefined stay out.
export function upload(fields, files, measures = []) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined && value !== '') form.append(name, value);
  for (const file of files) form.append('files', file, file.name);
  for (const measure of measures) for (const [name, value] of Object.entries(measure)) form.append(name, String(value));
  return fetch('/api/send', { method: 'POST', headers: { 'X-Peyk': '1' }, body: form }).then(answer);
}

export function fileAddress(id, name) {
  return `/file/${encodeURIComponent(id)}${name ? `?name=${encodeURIComponent(name)}` : ''}`;
}

const events = ['change', 'answer', 'typing', 'clock', 'bot', 'faults', 'sky'];

// follow listens to the stream. After every new connection `resync` is called, since events may have been missed.
export function follow({ resync, lost, ...heard }) {
  const stream = new EventSource('/api/live');
  let first = true;
  stream.onopen = () => {
    lost(false);
    if (!first) resync();
    first = false;
  };
  stream.onerror = () => {
    lost(true);
    if (stream.readyState !== EventSource.CLOSED) return;
    stream.close();
    setTimeout(() => follow({ resync, lost, ...heard }), 1500);
  };
  for (const name of events) stream.addEventListener(name, (e) => heard[name]?.(JSON.parse(e.data)));
}
