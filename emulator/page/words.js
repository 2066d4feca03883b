// Every word of the page, in Persian and in English, and how each language writes numbers, sizes and times.
// What stands inside a phone is in the language of the phone's owner; the bars around it are in the language of the page.

const words = {
  title: ['تلگرام در یک جعبه', 'Telegram in a box'],
  product: ['پیک', 'Peyk'],
  demo: ['نمایش', 'Demo'],
  phones: ['گوشی‌ها', 'Phones'],
  add_phone: ['گوشی دیگر', 'Add a phone'],
  swap_phone: ['گوشیِ چه کسی؟', 'Whose phone?'],
  close_phone: ['برداشتن این گوشی', 'Put this phone away'],
  phone_of: ['گوشیِ {name}', 'Phone of {name}'],
  controls: ['ساعت و خرابی‌ها', 'Clock and faults'],
  language: ['English', 'فارسی'],
  language_label: ['Switch the page to English', 'برگرداندن صفحه به فارسی'],
  theme: ['روشن یا تیره', 'Light or dark'],
  lost: ['ارتباط با برنامه قطع شد؛ دوباره وصل می‌شویم…', 'The program does not answer; connecting again…'],
  failed: ['نشد. دوباره امتحان کنید.', 'That did not work. Please try again.'],
  no_people: ['هنوز کسی در این جعبه نیست.', 'Nobody is in this box yet.'],

  refused_nobody: ['چنین کسی در این جعبه نیست.', 'There is no such person.'],
  refused_chat: ['این گفت‌وگو در این گوشی باز نمی‌شود.', 'This chat does not open on this phone.'],
  refused_message: ['این پیام دیگر نیست.', 'That message is not there any more.'],
  refused_right: ['صاحب این گوشی اجازهٔ این کار را ندارد.', 'The owner of this phone may not do that.'],
  refused_control: ['ساعت و ربات این‌جا دست کسی نیست.', 'Nobody holds the clock and the bot here.'],
  refused_files: ['یک تا ده پرونده در یک پیام جا می‌گیرد.', 'One to ten files go into a message.'],
  refused_kind: ['این نوع پرونده فرستادنی نیست.', 'That kind of file cannot be sent.'],
  refused_button: ['این دکمه دیگر نیست.', 'That button is not there any more.'],
  refused_taken: ['این نشانی را کس دیگری دارد.', 'That address is taken.'],
  refused_request: ['این را نمی‌شود فرستاد.', 'That cannot be sent.'],
  refused_nobody_in: ['هنوز حسابی به بلواسکای وصل نیست: در گوشیِ مدیر، «حساب‌ها».', 'No account is connected to Bluesky yet: on the phone of a manager, "Accounts".'],
  refused_due: ['پستی در راه نیست.', 'No post is due.'],

  clock: ['ساعت', 'Clock'],
  skip_15m: ['ربع ساعت بعد', '+15 min'],
  skip_1h: ['یک ساعت بعد', '+1 h'],
  skip_due: ['پست بعدی', 'Next post'],
  skip_due_at: ['پست بعدی: {time}', 'Next post: {time}'],
  skip_due_day: ['پست بعدی: {day} {time}', 'Next post: {day} {time}'],
  skip_due_none: ['پستی در راه نیست', 'No post is due'],
  skip_saturday: ['شنبه ۹:۰۰', 'Saturday 9:00'],
  skip_label: ['جلو بردن ساعت: {what}', 'Move the clock: {what}'],

  faults: ['خرابی‌ها', 'Faults'],
  faults_on: ['خرابی‌ها: {n} روشن', 'Faults: {n} on'],
  fault_slow: ['تلگرام کند است', 'Telegram is slow'],
  fault_limit: ['تلگرام ۴۲۹ می‌دهد', 'Telegram answers 429'],
  fault_drop: ['پاسخ‌ها گم می‌شوند', 'Answers get lost'],
  fault_platform: ['کانال‌ها از کار افتاده', 'Channels are down'],
  fault_token: ['توکن ربات باطل شده', 'Bot token expired'],
  fault_sky_down: ['بلواسکای از کار افتاده', 'Bluesky is down'],
  fault_sky_token: ['توکن بلواسکای باطل شده', 'Bluesky token expired'],
  effect_slow: ['هر پاسخ تلگرام دو ثانیه دیرتر می‌رسد. چیزی را لمس کنید: همان لحظه انجام می‌شود و فقط دیرتر دیده می‌شود.',
    'Each answer of Telegram takes two seconds longer. Press something: it is done at once, and only seen later.'],
  effect_limit: ['تلگرام از هر دو پیام یکی را پس می‌زند و پنج ثانیه صبر می‌خواهد. پیک صبر می‌کند و چیزی از قلم نمی‌افتد.',
    'Telegram refuses every second message and asks for five seconds of patience. Peyk waits, and nothing is left out.'],
  effect_drop: ['از هر سه پیام، پاسخِ یکی در راه گم می‌شود. پیک پستی را که شاید منتشر شده دوباره نمی‌فرستد؛ از مدیر می‌پرسد.',
    'Of every third message the answer gets lost. A post that may be out is not sent again: Peyk asks the manager.'],
  effect_platform: ['کانال‌ها جواب نمی‌دهند. پستی را به وقتش برسانید: پیک به مدیر می‌گوید و تصمیم با اوست.',
    'The channels do not answer. Let a post come due: Peyk tells the manager, who decides.'],
  effect_token: ['تلگرام این ربات را نمی‌شناسد و پیک از کار می‌افتد. این را خاموش کنید و ربات را راه بیندازید: هرچه در این میان بخواهید انجام می‌شود.',
    'Telegram does not know the bot any more, and Peyk ends. Switch this off and start the bot: what you ask for meanwhile is done then.'],
  effect_sky_down: ['بلواسکای جواب نمی‌دهد. پستی را که آن‌جا هم می‌رود به وقتش برسانید: در کانال منتشر می‌شود و سهم بلواسکای می‌ماند. این را خاموش کنید و یک ربع جلو بروید: آن هم منتشر می‌شود.',
    'Bluesky does not answer. Let a post come due that goes there, too: the channel gets it, and what is for Bluesky waits. Switch this off and skip 15 minutes: it is out there, too.'],
  effect_sky_token: ['بلواسکای دیگر پیک را راه نمی‌دهد ({names}). تا یک دقیقهٔ دیگر به مدیر خبر می‌رسد. زیر همان خبر «اتصال دوباره» را بزنید و رمز برنامه را بفرستید؛ پست‌ها تا آن وقت می‌مانند.',
    'Bluesky lets Peyk in no more ({names}). Within a minute the manager is told: press "Reconnect" there and send the app password. Until then the posts wait.'],
  effect_dead: ['هرچه لمس کنید یا بنویسید در تلگرام می‌ماند و وقتی ربات راه بیفتد انجام می‌شود.',
    'What you press or write waits in Telegram, and is done when the bot is started.'],
  bot_alive: ['ربات کار می‌کند', 'The bot runs'],
  bot_dead: ['ربات از کار افتاده', 'The bot is down'],
  bot_kill: ['از کار انداختن ربات', 'Kill the bot'],
  bot_start: ['راه انداختن ربات', 'Start the bot'],

  chats: ['گفت‌وگوها', 'Chats'],
  no_chats: ['هنوز گفت‌وگویی نیست.', 'No chats yet.'],
  bot: ['ربات', 'bot'],
  members: ['{n} عضو', '{n} members'],
  subscriber_one: ['۱ دنبال‌کننده', '1 subscriber'],
  subscribers: ['{n} دنبال‌کننده', '{n} subscribers'],
  channel: ['کانال', 'channel'],
  group: ['گروه', 'group'],
  comments_title: ['نظرها', 'Comments'],
  comments: ['{n} نظر', '{n} comments'],
  comment_one: ['۱ نظر', '1 comment'],
  comment_first: ['نظر بدهید', 'Leave a comment'],
  typing: ['در حال نوشتن…', 'typing…'],
  uploading: ['در حال فرستادن پرونده…', 'sending a file…'],
  recording: ['در حال ضبط صدا…', 'recording a voice…'],
  back: ['بازگشت', 'Back'],
  more: ['گزینه‌ها', 'More'],
  new_messages: ['{n} پیام تازه', '{n} new'],
  to_bottom: ['رفتن به آخرین پیام', 'To the last message'],
  unread: ['{n} نخوانده', '{n} unread'],
  pinned: ['پیام سنجاق‌شده', 'Pinned message'],
  today: ['امروز', 'Today'],
  yesterday: ['دیروز', 'Yesterday'],
  you: ['شما', 'You'],
  empty_bot: ['این ربات چه می‌کند؟ دکمهٔ شروع را بزنید و ببینید.', 'What can this bot do? Press Start and see.'],
  empty: ['هنوز پیامی نیست.', 'No messages yet.'],
  start: ['شروع', 'Start'],
  unblock: ['رفع مسدودی', 'Unblock'],
  block: ['مسدود کردن ربات', 'Block the bot'],
  join: ['عضو شدن', 'Join'],
  leave: ['ترک کردن', 'Leave'],
  read_only: ['فقط مدیران کانال می‌نویسند', 'Only admins can post here'],
  make_admin: ['{name} مدیر کانال شود', 'Make {name} an admin'],
  drop_admin: ['{name} دیگر مدیر نباشد', 'Remove {name} from the admins'],
  copy_link: ['کپی کردن پیوند', 'Copy the link'],
  pick_channel: ['{name} مدیر کدام کانال شود؟', 'Which channel shall {name} manage?'],
  pick_group: ['{name} به کدام گروه بیاید؟', 'Which group shall {name} join?'],
  new_channel: ['کانال تازه', 'New channel'],
  channel_name: ['نام کانال', 'Name of the channel'],
  channel_handle: ['نشانی (اختیاری)', 'Address (optional)'],
  create: ['ساختن', 'Create'],
  join_link: ['عضو شدن با پیوند', 'Join by a link'],
  link_hint: ['t.me/…', 't.me/…'],
  menu: ['منو', 'Menu'],
  no_such_chat: ['چنین گفت‌وگویی پیدا نشد.', 'No such chat was found.'],

  edited: ['ویرایش‌شده', 'edited'],
  forwarded: ['فرستاده‌شده از {name}', 'Forwarded from {name}'],
  photo: ['عکس', 'Photo'],
  video: ['ویدئو', 'Video'],
  animation: ['گیف', 'GIF'],
  voice: ['پیام صوتی', 'Voice message'],
  audio: ['موسیقی', 'Audio'],
  document: ['پرونده', 'File'],
  play: ['پخش', 'Play'],
  pause: ['مکث', 'Pause'],
  download: ['دریافت {name}', 'Download {name}'],
  open_photo: ['دیدن عکس در اندازهٔ کامل', 'See the photo full size'],
  spoiler: ['متن پنهان؛ برای دیدن لمس کنید', 'Hidden; tap to see'],
  show_all: ['باز کردن نقل‌قول', 'Expand the quote'],
  service_pinned: ['{name} پیامی را سنجاق کرد', '{name} pinned a message'],
  service_joined: ['{name} عضو شد', '{name} joined'],
  service_left: ['{name} رفت', '{name} left'],
  service: ['خبری از گفت‌وگو', 'Something changed in this chat'],
  copy_text: ['کپی می‌شود: {text}', 'Copies: {text}'],
  opens: ['باز می‌شود: {url}', 'Opens: {url}'],

  reply: ['پاسخ', 'Reply'],
  copy: ['کپی', 'Copy'],
  copied: ['کپی شد', 'Copied'],
  forward: ['فرستادن برای…', 'Forward'],
  forward_to: ['فرستادن برای چه کسی؟', 'Forward to…'],
  forwarded_done: ['فرستاده شد', 'Forwarded'],
  edit: ['ویرایش', 'Edit'],
  delete: ['پاک کردن', 'Delete'],
  delete_sure: ['این پیام پاک شود؟', 'Delete this message?'],
  react: ['واکنش {emoji}', 'React with {emoji}'],
  message_menu: ['کارهای این پیام', 'What to do with this message'],
  replying: ['پاسخ به {name}', 'Reply to {name}'],
  editing: ['ویرایش پیام', 'Edit message'],
  cancel: ['انصراف', 'Cancel'],
  ok: ['باشه', 'OK'],
  close: ['بستن', 'Close'],

  write: ['پیام', 'Message'],
  write_post: ['پست کانال', 'Broadcast'],
  write_comment: ['نظر', 'Comment'],
  write_caption: ['متن همراه', 'Caption'],
  send: ['فرستادن', 'Send'],
  attach: ['پیوست', 'Attach'],
  attach_media: ['عکس یا ویدئو', 'Photo or video'],
  attach_file: ['پرونده', 'File'],
  attach_voice: ['صدا از پرونده', 'Voice from a file'],
  attach_sample: ['یک عکس آماده', 'A ready photo'],
  attached: ['{n} پرونده', '{n} files'],
  attached_one: ['۱ پرونده', '1 file'],
  as_files: ['بدون فشرده‌سازی، مثل پرونده', 'As files, not compressed'],
  remove: ['برداشتن {name}', 'Remove {name}'],
  drop_here: ['پرونده را همین‌جا رها کنید', 'Drop the file here'],
  record: ['ضبط صدا', 'Record a voice message'],
  record_stop: ['پایان و فرستادن', 'Stop and send'],
  record_refused: ['میکروفون در دسترس نیست.', 'There is no microphone to use.'],
  commands: ['فرمان‌ها', 'Commands'],
  keyboard: ['دکمه‌های پاسخ', 'Reply buttons'],
  too_many: ['در یک آلبوم تا ۱۰ پرونده جا می‌گیرد.', 'An album holds up to 10 files.'],

  sky: ['بلواسکای', 'Bluesky'],
  sky_about: ['آنچه روی بلواسکای است', 'What stands on Bluesky'],
  sky_see: ['دیدن بلواسکای', 'See Bluesky'],
  sky_close: ['برداشتن بلواسکای', 'Put Bluesky away'],
  sky_empty: ['هنوز چیزی این‌جا نیست. پستی را برای بلواسکای هم بگذارید.', 'Nothing is here yet. Let a post go to Bluesky, too.'],
  sky_is_down: ['بلواسکای از کار افتاده است: به پیک جواب نمی‌دهد.', 'Bluesky is down: it does not answer Peyk.'],
  sky_passwords: ['رمزهای برنامه، برای وصل کردن در گفت‌وگو', 'App passwords, to connect with in the chat'],
  sky_copy: ['کپی کردن رمز {name}', 'Copy the password of {name}'],
  sky_out: ['پیک را راه نمی‌دهد', 'lets Peyk in no more'],
  sky_new: ['هنوز وصل نشده', 'not connected yet'],
  sky_hidden: ['در رشته پنهان شده', 'Hidden in this thread'],
  sky_like: ['پسندیدن، {n} تا حالا', 'Like, {n} so far'],
  sky_liked: ['پسندیده شد', 'Liked'],
  sky_liked_before: ['او این را پسندیده است.', 'That follower likes it already.'],
  sky_as: ['به نامِ', 'As'],
  sky_sent: ['نوشته شد. پیک تا یک دقیقه می‌بیند.', 'Written. Peyk sees it within a minute.'],
  sky_no_post: ['این پست دیگر آن‌جا نیست.', 'That post is not there any more.'],

  tour: ['گردش راهنما', 'Guided tour'],
  tour_step: ['{n} از {of}', '{n} of {of}'],
  tour_skip: ['نمی‌خواهم', 'Skip the tour'],
  tour_next: ['بعدی', 'Next'],
  tour_back: ['قبلی', 'Back'],
  tour_again: ['گردش راهنما', 'Take the tour'],
  tour_done: ['پایان', 'Finish'],
  tour_show: ['رفتن به گوشیِ {name}', 'Go to the phone of {name}'],
  tour_sample: ['فرستادن یک عکس آماده', 'Send a ready photo'],
  tour_1: ['شما مدیر هستید: برای پیک عکسی با متن بفرستید', 'You are the manager: send a photo to Peyk'],
  tour_1_more: ['در گوشیِ {manager}، با گیره عکسی با چند خط متن بفرستید یا عکس آمادهٔ ما را بردارید. اگر پیک پرسید برای کدام برند، یکی را لمس کنید.',
    'On the phone of {manager}, attach a photo with a few words, or take our ready one. If Peyk asks for which brand, tap one.'],
  tour_2: ['زمان انتشار را انتخاب کنید', 'Choose when it goes out'],
  tour_2_more: ['زیر کارت پیش‌نویس «زمان» را لمس کنید، یکی از وقت‌های خالی را بردارید و بله بگویید. می‌شود زمان را نوشت: «فردا ساعت ۹».',
    'Under the draft card tap the time, take a free slot and say yes. You may also type it: "tomorrow 9am".'],
  tour_3: ['برای تأیید بفرستید', 'Send it for approval'],
  tour_3_more: ['در همان کارت «ارسال برای تأیید» را لمس کنید. بدون بلهٔ مشتری هیچ چیز منتشر نمی‌شود.',
    'On the same card tap "Send for approval". Nothing goes out without the client\'s yes.'],
  tour_4: ['حالا شما مشتری هستید: با یک لمس تأیید کنید', 'Now you are the client: approve with one tap'],
  tour_4_more: ['در گوشیِ {client} پست همان‌طور که منتشر می‌شود رسیده است. «تأیید» را لمس کنید.',
    'On the phone of {client} the post stands as it will appear. Tap "Approve".'],
  tour_5: ['ساعت را تا وقت انتشار جلو ببرید', 'Move the clock to its time'],
  tour_5_more: ['«پست بعدی» را بزنید تا نوبت پست شما برسد؛ بعد آن را در کانال ببینید.',
    'Press "Next post" until it is the turn of yours, then see it in the channel.'],
  tour_6: ['به مدیر هم خبر رسید', 'The manager was told too'],
  tour_6_more: ['در گوشیِ {manager} خبر انتشار آمده است. حالا آزادید: نظر بگذارید، تلگرام را خراب کنید، ربات را از کار بیندازید.',
    'The phone of {manager} has the news. Now look around: leave a comment, break Telegram, kill the bot.'],
  sample_caption: ['قهوهٔ تازهٔ پاییز رسید.\nاین هفته با هر فنجان یک شیرینی کوچک مهمان ما هستید.', 'Our autumn coffee is here.\nThis week every cup comes with a small sweet.'],
  sample_word: ['قهوهٔ پاییز', 'Autumn coffee'],
};

const digits = '۰۱۲۳۴۵۶۷۸۹';
export const sides = { fa: 'rtl', en: 'ltr' };

// language gives the language we have for a code as Telegram writes it.
export function language(code) {
  return String(code || '').startsWith('fa') ? 'fa' : 'en';
}

// numerals writes the digits of a string in Persian when the language asks for it.
export function numerals(lang, value) {
  const text = String(value);
  return lang === 'fa' ? text.replace(/[0-9]/g, (d) => digits[d]) : text;
}

// speaker gives the function that says words in one language: say('comments', {n: 3}).
export function speaker(lang) {
  const at = lang === 'fa' ? 0 : 1;
  return (key, values = {}) => {
    const found = words[key];
    if (!found) throw new Error(`no such word: ${key}`);
    return found[at].replace(/\{(\w+)\}/g, (_, name) => isolated(lang, values[name]));
  };
}

// isolated keeps a name of one script from turning the sentence around it.
function isolated(lang, value) {
  return typeof value === 'number' ? grouped(lang, value) : `\u2068${value ?? ''}\u2069`;
}

// grouped writes a number with its thousands apart.
export function grouped(lang, n) {
  return numerals(lang, String(n).replace(/\B(?=(\d{3})+$)/g, lang === 'fa' ? '٬' : ','));
}

export function count(lang, n) {
  if (n < 1000) return numerals(lang, n);
  const short = (n / 1000).toFixed(n < 10000 ? 1 : 0).replace(/\.0$/, '');
  return lang === 'fa' ? `${numerals(lang, short).replace('.', '٫')} هزار` : `${short}K`;
}

export function size(lang, bytes) {
  const units = lang === 'fa' ? ['بایت', 'کیلوبایت', 'مگابایت'] : ['B', 'KB', 'MB'];
  let n = bytes || 0;
  let unit = 0;
  for (; n >= 1024 && unit < 2; unit++) n /= 1024;
  const short = n >= 10 || unit === 0 ? String(Math.round(n)) : n.toFixed(1);
  return `${numerals(lang, short).replace('.', lang === 'fa' ? '٫' : '.')} ${units[unit]}`;
}

export function duration(lang, seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  return numerals(lang, `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`);
}

let zone = 'Asia/Tehran';
const formats = new Map();

// setZone says in which zone the phones show times: the one of the demo's clock.
export function setZone(name) {
  if (!name || name === zone) return;
  zone = name;
  formats.clear();
}

function format(key, locale, options) {
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
  return formats.get(key);
}

export function clockTime(lang, unix) {
  const at = format('time', 'en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return numerals(lang, at.format(unix * 1000));
}

// dayKey is the same for two moments exactly when they are on one day.
export function dayKey(unix) {
  return format('key', 'en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(unix * 1000);
}

// weekday names the day of the week.
export function weekday(lang, unix) {
  return format(`weekday ${lang}`, lang === 'fa' ? 'fa-IR' : 'en-GB', { weekday: 'long' }).format(unix * 1000);
}

// day names the day of a moment in the reader's calendar, seen from now.
export function day(lang, unix, now) {
  const say = speaker(lang);
  if (now && dayKey(unix) === dayKey(now)) return say('today');
  if (now && dayKey(unix) === dayKey(now - 86400)) return say('yesterday');
  const options = { weekday: 'long', day: 'numeric', month: 'long' };
  if (lang === 'en') return format('day-en', 'en-GB', options).format(unix * 1000);
  const parts = {};
  for (const p of format('day-fa', 'fa-IR-u-ca-persian', options).formatToParts(unix * 1000)) parts[p.type] = p.value;
  return `${parts.weekday} ${parts.day} ${parts.month}`;
}

// year is that of a moment in the reader's calendar.
export function year(lang, unix) {
  const at = format(`year-${lang}`, lang === 'fa' ? 'en-US-u-ca-persian' : 'en-GB', { year: 'numeric' });
  return numerals(lang, at.formatToParts(unix * 1000).find((p) => p.type === 'year').value);
}

// moment is short: the time of today, the day of any other.
export function moment(lang, unix, now) {
  if (!now || dayKey(unix) === dayKey(now)) return clockTime(lang, unix);
  const locale = lang === 'fa' ? 'fa-IR-u-ca-persian' : 'en-GB';
  const parts = {};
  for (const p of format(`short-${lang}`, locale, { day: 'numeric', month: 'short' }).formatToParts(unix * 1000)) parts[p.type] = p.value;
  return `${parts.day} ${parts.month}`;
}
