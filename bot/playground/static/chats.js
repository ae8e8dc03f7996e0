// The list of chats.

import { avatar } from "./bubbles.js";
import { shortMoment } from "./clock.js";
import { make } from "./dom.js";

/** Draw the list. `view`: `open` (an id), `unread(chat)`, `typing(chat)`, `bot` (an id), `speaker(chat)`. */
export function showChats(list, chats, view) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.chatId : null;
  list.replaceChildren(...chats.map((chat) => item(chat, view)));
  if (focused) list.querySelector(`[data-chat-id="${focused}"]`)?.focus({ preventScroll: true });
}

function item(chat, view) {
  const unread = view.unread(chat);
  const newest = chat.messages.at(-1);
  return make(
    "li",
    {},
    make(
      "a",
      {
        class: "chat",
        href: `#chat=${chat.id}`,
        "aria-current": view.open === chat.id ? "true" : null,
        "data-testid": "chat",
        "data-chat-id": chat.id,
        "data-unread": unread,
      },
      avatar(chat.id, chat.title, { group: chat.kind !== "private" }),
      make(
        "span",
        { class: "names" },
        make("span", { class: "title" }, make("b", { dir: "auto" }, chat.title), chat.kind === "private" && make("span", { class: "tag" }, chat.language.slice(0, 2).toUpperCase())),
        make("span", { class: "excerpt", dir: "auto" }, ...excerpt(chat, newest, view)),
      ),
      make(
        "span",
        { class: "aside" },
        newest && make("time", { dateTime: newest.date }, shortMoment(new Date(newest.date))),
        unread > 0 && make("span", { class: "badge", "data-testid": "unread", "aria-label": `${unread} unread` }, unread),
      ),
    ),
  );
}

function excerpt(chat, newest, view) {
  if (view.typing(chat)) return [make("span", { class: "typing-word" }, "typing…")];
  if (!newest) return [make("span", { class: "quiet" }, "Nothing said yet")];
  if (newest.service) return [newest.service];
  const line = newest.text.replace(/\s+/g, " ").slice(0, 120);
  if (newest.author.id === view.speaker(chat)) return [make("span", { class: "quiet" }, "You: "), line];
  if (chat.kind !== "private" && newest.author.id !== view.bot) return [`${newest.author.name}: ${line}`];
  return [line];
}
