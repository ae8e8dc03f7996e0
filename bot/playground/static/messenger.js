// The messenger: one model of what the server says, and the parts of the page that show it.

import { avatar } from "./bubbles.js";
import { showChats } from "./chats.js";
import { setClock } from "./clock.js";
import { composer } from "./composer.js";
import { conversation } from "./conversation.js";
import { ICONS, icon, make } from "./dom.js";
import { showStories, tick } from "./newsroom.js";
import { showAlert, toast } from "./notices.js";
import { frame } from "./frame.js";
import { readUpto } from "./unread.js";
import { listen, post } from "./wire.js";

const TYPING = 5_000; // milliseconds a chat action shows (Bot API, sendChatAction: "5 seconds or less")
const PATIENT = 15_000; // milliseconds a pressed button waits for its answer

const part = (id) => document.getElementById(id);
const model = {
  bot: { id: 0, name: "Sosik", username: "" },
  chats: new Map(),
  samples: [],
  open: null, // the open chat's id
  firstUnread: null, // where the open chat's "new messages" line stands
  speaker: new Map(), // by chat: whom one speaks as
  typing: new Map(), // by chat: the timer that ends it
  pressed: new Map(), // by query: {chat, message, place, timer}
  answered: new Map(), // answers that came before the press was confirmed
  drafts: new Map(),
};
const read = readUpto();
const page = frame({ opened: open });

const openChat = () => model.chats.get(model.open) ?? null;
const speakerOf = (chat) => {
  const kept = model.speaker.get(chat.id);
  return chat.speakers.find(({ id }) => id === kept) ?? chat.speakers[0];
};
const unread = (chat) => chat.messages.filter(({ id, author }) => id > read.upto(chat) && author?.id !== speakerOf(chat).id).length;

async function ask(path, body) {
  try {
    return await post(path, body);
  } catch (trouble) {
    toast(trouble.message, "trouble");
    return null;
  }
}

const here = () => {
  const chat = openChat();
  return { chat: chat.id, person: speakerOf(chat).id };
};

async function say(text) {
  const where = here();
  if ((await ask("/api/say", { ...where, text })) === null && box.draft() === "" && model.open === where.chat) box.restore(text);
}

async function press(message, button, place) {
  if (waiting(message.id).has(place)) return undefined;
  if (button.action === "copy_text") return copy(button.value);
  if (button.action !== "callback_data") return toast("This kind of button does nothing here.", "trouble");
  const where = here();
  const pending = { chat: where.chat, message: message.id, place };
  const token = Symbol(place);
  settle(token, pending);
  const answer = await ask("/api/press", { ...where, message: message.id, data: button.value });
  release(token);
  if (answer === null) return undefined;
  const early = model.answered.get(answer.query);
  if (early) {
    model.answered.delete(answer.query);
    return tell(early);
  }
  return settle(answer.query, pending);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast(`The browser does not let this page copy. It says: ${text}`, "trouble");
  }
}

function settle(query, pending) {
  pending.timer = setTimeout(() => release(query), PATIENT);
  model.pressed.set(query, pending);
  showTalk();
}

function release(query) {
  const pending = model.pressed.get(query);
  if (!pending) return false;
  clearTimeout(pending.timer);
  model.pressed.delete(query);
  showTalk();
  return true;
}

function tell({ text, alert, url }) {
  if (url) window.open(url, "_blank", "noopener");
  if (!text) return;
  if (alert) showAlert(text);
  else toast(text, "answer");
}

const waiting = (message) =>
  new Set([...model.pressed.values()].filter((p) => p.chat === model.open && p.message === message).map((p) => p.place));

/** A link to the bot itself starts it with the link's payload, as in any Telegram client. */
function follow(address) {
  const url = new URL(address);
  const own = url.hostname === "t.me" && url.pathname.toLowerCase() === `/${model.bot.username.toLowerCase()}`;
  if (own) void ask("/api/say", { ...here(), text: `/start ${url.searchParams.get("start") ?? ""}`.trim() });
  return own;
}

function showMessage(id) {
  const node = part("log").querySelector(`[data-message-id="${id}"]`);
  node?.scrollIntoView({ block: "center" });
  node?.classList.remove("pointed");
  void node?.offsetWidth; // begins the animation anew
  node?.classList.add("pointed");
}

const talk = conversation(part("log"), part("newest"), { press, command: say, follow, show: showMessage });
const box = composer(part("composer"), {
  say,
  commands: () => (openChat() ? speakerOf(openChat()).commands : []),
  suffix: () => (openChat()?.kind === "private" ? "" : `@${model.bot.username}`),
});

function markRead() {
  const chat = openChat();
  if (chat && page.showsTalk() && document.visibilityState === "visible") read.mark(chat);
}

function open(id) {
  if (!model.chats.has(id)) return;
  if (model.open !== null) model.drafts.set(model.open, box.draft());
  if (model.open !== id) box.restore(model.drafts.get(id) ?? "");
  model.open = id;
  const chat = openChat();
  model.firstUnread = unread(chat) > 0 ? chat.messages.find((m) => m.id > read.upto(chat) && m.author?.id !== speakerOf(chat).id)?.id : null;
  if (chat.messages[0]?.id === model.firstUnread) model.firstUnread = null; // a line above everything tells nothing
  show();
  if (page.wide()) box.focus();
}

function showTalk() {
  const chat = openChat();
  if (!chat) return;
  const speaker = speakerOf(chat);
  const empty = chat.messages.length === 0;
  part("empty").hidden = !empty;
  part("log").hidden = empty;
  part("newest").hidden ||= empty;
  const words = {
    private: `You are ${speaker.name}, and Telegram is set to ${chat.language === "ko" ? "Korean" : "English"}.`,
    group: `A group. You speak as ${speaker.name}; change who speaks above the box.`,
  };
  part("empty-words").textContent = words[chat.kind] ?? words.group;
  if (!empty) {
    talk.show(chat, { speaker: speaker.id, bot: model.bot.id, waiting, firstUnread: model.firstUnread });
  }
}

function showHead() {
  const chat = openChat();
  if (!chat) return;
  const speaker = speakerOf(chat);
  const alone = chat.kind === "private";
  part("talk-avatar").replaceChildren(alone ? avatar(model.bot.id, model.bot.name, { bot: true }) : avatar(chat.id, chat.title, { group: true }));
  part("talk-title").textContent = alone ? model.bot.name : chat.title;
  const status = part("talk-status");
  const typing = model.typing.has(chat.id);
  status.classList.toggle("typing-word", typing);
  status.textContent = typing ? `${alone ? "" : `${model.bot.name} is `}typing…` : chat.about;
  part("block").hidden = !alone || speaker.blocked;
  part("unblock").hidden = !speaker.blocked;
  part("composer").hidden = speaker.blocked;
  showSpeakers(chat, speaker);
}

function showSpeakers(chat, speaker) {
  const place = part("speakers");
  const signature = JSON.stringify([chat.id, chat.speakers.map(({ id, name, role }) => [id, name, role]), speaker.id]);
  place.hidden = chat.speakers.length < 2;
  if (place.dataset.shows === signature) return;
  place.dataset.shows = signature;
  const choice = ({ id, name, role }) =>
    make(
      "label",
      { "data-testid": "speaker", "data-person-id": id },
      make("input", { type: "radio", name: "speaker", value: String(id), checked: id === speaker.id, onchange: () => speakAs(chat, id) }),
      make("span", {}, name, role && make("small", {}, role)),
    );
  const focused = place.contains(document.activeElement);
  place.replaceChildren(place.querySelector("legend"), ...chat.speakers.map(choice));
  if (focused) place.querySelector("input:checked")?.focus();
}

function speakAs(chat, id) {
  model.speaker.set(chat.id, id);
  show();
}

function show() {
  markRead();
  showHead();
  showTalk();
  const chats = [...model.chats.values()];
  showChats(part("chats"), chats, {
    open: model.open,
    unread,
    typing: (chat) => model.typing.has(chat.id),
    bot: model.bot.id,
    speaker: (chat) => speakerOf(chat).id,
  });
  const total = chats.reduce((sum, chat) => sum + unread(chat), 0);
  document.title = total ? `(${total}) Sosik playground` : "Sosik playground";
}

function typing(id, on) {
  clearTimeout(model.typing.get(id));
  model.typing.delete(id);
  if (on) model.typing.set(id, setTimeout(() => { typing(id, false); show(); }, TYPING));
}

async function publish(story, button) {
  button.setAttribute("aria-busy", "true");
  const answer = await ask("/api/publish", { sample: story.id });
  button.removeAttribute("aria-busy");
  if (answer === null) return;
  model.samples = answer.samples;
  showSamples();
  toast(`Published. The bot finds it at its next look at ${story.source || "the feed"}.`);
  page.makeRoom();
}

async function jump(button) {
  button.setAttribute("aria-busy", "true");
  const answer = await ask("/api/jump", { leap: button.dataset.jump, ...(model.open ? { chat: model.open } : {}) });
  button.removeAttribute("aria-busy");
  if (answer === null) return;
  setClock(answer.now);
  tick();
  show();
  page.makeRoom();
}

const showSamples = () => showStories(part("shelves"), model.samples, publish);

listen(
  {
    state: (state) => {
      setClock(state.now, state.zone);
      model.bot = state.bot;
      model.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
      model.samples = state.samples;
      tick();
      showSamples();
      if (!model.chats.has(model.open)) page.begin(state.chats.map(({ id }) => id));
      show();
      part("messenger").dataset.ready = "true";
    },
    message: ({ chat: id, message }) => {
      const chat = model.chats.get(id);
      if (!chat) return;
      const at = chat.messages.findIndex((known) => known.id === message.id);
      if (at >= 0) chat.messages[at] = message;
      else chat.messages.push(message);
      chat.messages.sort((a, b) => a.id - b.id);
      if (message.author?.id === model.bot.id && at < 0) typing(id, false);
      show();
    },
    gone: ({ chat: id, message }) => {
      const chat = model.chats.get(id);
      if (!chat) return;
      chat.messages = chat.messages.filter((known) => known.id !== message);
      show();
    },
    chat: (chat) => {
      model.chats.set(chat.id, { ...chat, messages: model.chats.get(chat.id)?.messages ?? [] });
      show();
    },
    action: ({ chat }) => {
      typing(chat, true);
      show();
    },
    answer: (answer) => {
      if (release(answer.query)) tell(answer);
      // Perhaps the answer to a press of ours whose number is still on its way; else another page's.
      else if ([...model.pressed.keys()].some((key) => typeof key === "symbol")) model.answered.set(answer.query, answer);
    },
    clock: ({ now }) => {
      setClock(now);
      tick();
      show();
    },
    samples: ({ samples }) => {
      model.samples = samples;
      showSamples();
    },
  },
  (online) => {
    part("lost").hidden = online;
  },
);

part("back").append(icon(ICONS.back));
part("close-newsroom").append(icon(ICONS.close));
part("composer").querySelector(".send").append(icon(ICONS.send));
part("newest").prepend(icon(ICONS.down));
part("open-newsroom").prepend(icon(ICONS.news));
document.querySelector("[data-jump=morning]").prepend(icon(ICONS.morning));
part("block").append(icon(ICONS.block), "Block");
part("start").addEventListener("click", () => say(openChat().kind === "private" ? "/start" : `/start@${model.bot.username}`));
part("block").addEventListener("click", () => ask("/api/block", { ...here(), blocked: true }));
part("unblock").addEventListener("click", () => ask("/api/block", { ...here(), blocked: false }));
for (const button of document.querySelectorAll("[data-jump]")) button.addEventListener("click", () => jump(button));
document.addEventListener("visibilitychange", () => model.open !== null && show());
setInterval(tick, 250);
