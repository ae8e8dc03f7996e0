// The emulated clock as this page sees it: set by the server, ticking by the browser's monotonic time in between.

let setAt = 0; // performance.now() when it was set
let setTo = Date.now(); // the emulated time then, in milliseconds
let zone = "Asia/Seoul";
let formats = makeFormats();

function makeFormats() {
  const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
  return {
    time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    seconds: format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    day: format({ weekday: "long", day: "numeric", month: "long" }),
    short: format({ day: "numeric", month: "short" }),
    key: format({ year: "numeric", month: "2-digit", day: "2-digit" }),
  };
}

/** Set the clock to an ISO instant, and, where given, the IANA zone all times are shown in. */
export function setClock(instant, shownZone = zone) {
  setTo = Date.parse(instant);
  setAt = performance.now();
  if (shownZone !== zone) {
    zone = shownZone;
    formats = makeFormats();
  }
}

/** The emulated time as a Date. */
export const now = () => new Date(setTo + performance.now() - setAt);

export const clockTime = (date) => formats.time.format(date);
export const clockSeconds = (date) => formats.seconds.format(date);
export const dayKey = (date) => formats.key.format(date);

/** "Today", "Yesterday", or the day's name; the emulated today. */
export function dayName(date) {
  const key = dayKey(date);
  if (key === dayKey(now())) return "Today";
  if (key === dayKey(new Date(now().getTime() - 86_400_000))) return "Yesterday";
  return formats.day.format(date);
}

/** The day in full, for the clock's own face. */
export const fullDay = (date) => formats.day.format(date);

/** The city of the zone: "Asia/Seoul" is "Seoul". */
export const city = () => zone.split("/").at(-1).replaceAll("_", " ");

/** For the list of chats: a time today, else a short date. */
export const shortMoment = (date) => (dayKey(date) === dayKey(now()) ? formats.time : formats.short).format(date);
