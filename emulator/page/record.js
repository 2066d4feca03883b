// Recording a voice message with the browser's own recorder, where there is one.
import { el, iconButton } from './dom.js';
import { duration } from './words.js';

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

const kinds = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'];

export class Recorder {
  // done gets the file, or nothing when the person gave up or there is no microphone.
  constructor(phone, done) {
    Object.assign(this, { phone, done, seconds: 0 });
    const { say } = phone;
    this.time = el('span', { class: 'record-time', role: 'timer', text: duration(phone.lang, 0) });
    this.node = el('div', { class: 'composer-line recording' }, el('span', { class: 'record-dot', 'aria-hidden': 'true' }), this.time,
      el('button', { type: 'button', class: 'flat', text: say('cancel'), onclick: () => this.stop(false) }),
      iconButton('send', say('record_stop'), () => this.stop(true), { class: 'send' }));
  }

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.phone.toast(this.phone.say('record_refused'));
      this.done(null);
      return;
    }
    const mimeType = kinds.find((k) => MediaRecorder.isTypeSupported(k));
    const parts = [];
    this.recorder = new MediaRecorder(this.stream, mimeType ? { mimeType } : {});
    this.recorder.addEventListener('dataavailable', (e) => parts.push(e.data));
    this.recorder.addEventListener('stop', () => this.finish(parts));
    this.recorder.start();
    this.timer = setInterval(() => {
      this.time.textContent = duration(this.phone.lang, ++this.seconds);
    }, 1000);
    this.node.querySelector('.send').focus();
  }

  stop(send) {
    this.wanted = send;
    if (this.recorder?.state === 'recording') this.recorder.stop();
  }

  finish(parts) {
    clearInterval(this.timer);
    this.stream.getTracks().forEach((t) => t.stop());
    const type = this.recorder.mimeType.split(';')[0] || 'audio/ogg';
    this.done(this.wanted ? new File(parts, `voice.${type.split('/')[1]}`, { type }) : null);
  }
}
