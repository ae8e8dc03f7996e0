// The open chat's messages: laid out in runs by author and day, changed in place, scrolled as a reader would wish.

import { bubble, serviceLine } from "./bubbles.js";
import { dayKey, dayName } from "./clock.js";
import { make } from "./dom.js";

const RUN = 5 * 60_000; // milliseconds within which messages of one author stand together
const NEAR = 90; // pixels from the end that still count as "at the newest"

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** `actions` as for a bubble. Returns `show(chat, view)`, to be called with every change, and `end()`. */
export function conversation(log, newest, actions) {
  let shown = null; // the chat's id
  let last = 0; // the newest message laid out
  let missed = 0;
  let pinned = true; // whether new messages are followed
  const nodes = new Map(); // what stands where, by key: {node, signature}

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  const end = (smooth = true) => {
    pinned = true;
    log.scrollTo({ top: log.scrollHeight, behavior: smooth && !calm() ? "smooth" : "instant" });
  };
  const mark = () => {
    newest.hidden = missed === 0 && (pinned || atEnd());
    newest.querySelector("[data-count]").textContent = missed ? `${missed} new` : "Newest";
  };

  log.addEventListener(
    "scroll",
    () => {
      // While a smooth scroll is under way the end is not reached yet, so only an upward move unpins.
      if (atEnd()) {
        pinned = true;
        missed = 0;
      } else if (log.scrollTop < (log.dataset.top ?? 0)) pinned = false;
      log.dataset.top = log.scrollTop;
      mark();
    },
    { passive: true },
  );
  new ResizeObserver(() => pinned && end(false)).observe(log);
  newest.addEventListener("click", () => end());

  const show = (chat, view) => {
    const other = shown !== chat.id;
    const follow = other || pinned;
    log.setAttribute("aria-busy", String(other));
    if (other) {
      nodes.clear();
      log.replaceChildren();
      missed = 0;
      last = 0;
      shown = chat.id;
    }
    const focus = focusedKey(log);
    lay(log, nodes, pieces(chat, view, actions));
    restore(log, focus);
    const fresh = chat.messages.filter((message) => message.id > last);
    const said = !other && fresh.some((message) => message.author?.id === view.speaker);
    if (!other && !follow && !said) missed += fresh.length;
    last = Math.max(last, ...chat.messages.map((message) => message.id));
    if (follow || said) end(!other);
    log.setAttribute("aria-busy", "false");
    mark();
  };

  return { show, end };
}

/** What the log consists of, in order: {key, signature, make}. */
function pieces(chat, view, actions) {
  const found = [];
  let before = null;
  chat.messages.forEach((message, index) => {
    const date = new Date(message.date);
    const newDay = !before || dayKey(date) !== dayKey(new Date(before.date));
    if (newDay) {
      const name = dayName(date);
      found.push({ key: `day ${dayKey(date)} ${message.id}`, signature: name, make: () => make("div", { class: "day", "data-testid": "day" }, make("span", {}, name)) });
    }
    if (message.id === view.firstUnread) {
      found.push({ key: "unread", signature: "", make: () => make("div", { class: "unread-line", role: "separator" }, make("span", {}, "New messages")) });
    }
    if (message.service) {
      found.push({ key: `m${message.id}`, signature: message.service, make: () => serviceLine(message) });
    } else {
      const look = {
        mine: message.author.id === view.speaker,
        first: newDay || message.id === view.firstUnread || !together(before, message),
        last: !together(message, chat.messages[index + 1]) || chat.messages[index + 1]?.id === view.firstUnread,
        group: chat.kind !== "private",
        fromBot: message.author.id === view.bot,
        language: chat.language,
      };
      const waiting = view.waiting(message.id);
      found.push({
        key: `m${message.id}`,
        signature: JSON.stringify([message, look, [...waiting]]),
        make: () => bubble(message, { ...look, waiting }, actions),
      });
    }
    before = message;
  });
  return found;
}

function together(one, next) {
  if (!one || !next || one.service || next.service) return false;
  const [from, to] = [new Date(one.date), new Date(next.date)];
  return one.author.id === next.author.id && to - from < RUN && dayKey(from) === dayKey(to);
}

/** Bring the log to hold exactly these pieces, touching only what differs. */
function lay(log, nodes, wanted) {
  const keys = new Set(wanted.map((piece) => piece.key));
  for (const [key, { node }] of nodes) {
    if (keys.has(key)) continue;
    node.remove();
    nodes.delete(key);
  }
  let place = log.firstElementChild;
  for (const { key, signature, make: build } of wanted) {
    const held = nodes.get(key);
    if (held?.signature === signature) {
      if (held.node === place) place = place.nextElementSibling;
      else log.insertBefore(held.node, place);
      continue;
    }
    const node = build();
    if (held) {
      node.classList.add("settled"); // a changed message does not arrive a second time
      if (held.node === place) place = place.nextElementSibling;
      held.node.replaceWith(node);
    } else log.insertBefore(node, place);
    nodes.set(key, { node, signature });
  }
}

function focusedKey(log) {
  const focused = document.activeElement;
  if (!focused?.dataset.place || !log.contains(focused)) return null;
  return { message: focused.closest("[data-message-id]").dataset.messageId, place: focused.dataset.place };
}

function restore(log, focus) {
  if (!focus || log.contains(document.activeElement)) return;
  const message = log.querySelector(`[data-message-id="${focus.message}"]`);
  (message?.querySelector(`[data-place="${focus.place}"]`) ?? message?.querySelector(".key"))?.focus({ preventScroll: true });
}
