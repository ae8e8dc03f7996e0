// One message as it stands in the conversation.

import { clockTime } from "./clock.js";
import { make } from "./dom.js";
import { richText, safeAddress } from "./richtext.js";

/** A round picture of letters for a person or a group, its colour taken from the id; the bot has its mark. */
export function avatar(id, name, { bot = false, group = false } = {}) {
  if (bot) return make("img", { class: "avatar", src: "/static/sosik.svg", alt: "" });
  const letters = [...name.trim()].slice(0, 1).join("").toUpperCase();
  return make("span", { class: `avatar hue-${Math.abs(id) % 6}`, "aria-hidden": "true" }, group ? "👥" : letters);
}

/**
 * A message's node. `view`: `mine` (said by the person one speaks as), `first` and `last` of a run by one author, `group`,
 * `fromBot`, `waiting` (the places "row:column" of buttons whose answer is awaited), `language`; `actions`: press, command,
 * follow, show.
 */
export function bubble(message, view, actions) {
  const classes = ["message", view.mine ? "mine" : "theirs", view.first && "first", view.last && "last"];
  const node = make("div", {
    class: classes.filter(Boolean).join(" "),
    role: "article",
    "aria-label": `${view.mine ? "You" : message.author.name}, ${clockTime(new Date(message.date))}`,
    "data-testid": "message",
    "data-message-id": message.id,
    "data-author": view.fromBot ? "bot" : "person",
  });
  if (view.group && !view.mine) {
    node.append(make("span", { class: "beside" }, view.last && avatar(message.author.id, message.author.name, { bot: view.fromBot })));
  }
  const body = make("div", { class: "body" });
  const card = message.preview && previewCard(message.preview, actions);
  const bare = make(
    "div",
    { class: `bubble${card || message.photo ? " with-preview" : ""}` },
    view.group && view.first && !view.mine && make("div", { class: `author hue-${Math.abs(message.author.id) % 6}` }, message.author.name),
    message.reply && quote(message.reply, actions),
    message.photo && make("img", { class: "photo", src: message.photo, alt: "" }),
    message.preview?.above && card,
    message.text && make("div", { class: "text", dir: "auto", lang: view.language }, richText(message.text, message.entities, actions)),
    !message.preview?.above && card,
    stamp(message),
  );
  body.append(bare);
  if (message.keyboard?.length) body.append(keyboard(message, view, actions));
  node.append(body);
  return node;
}

/** A line about the chat itself: somebody joined, the group moved. */
export const serviceLine = (message) =>
  make("div", { class: "service", "data-testid": "message", "data-message-id": message.id, "data-author": "service" }, message.service);

function stamp(message) {
  const date = new Date(message.date);
  return make(
    "span",
    { class: "stamp" },
    message.silent && make("span", { role: "img", "aria-label": "sent without a sound", title: "Sent without a sound" }, "🔕"),
    message.edited && make("span", { "data-testid": "edited" }, "edited"),
    make("time", { dateTime: message.date }, clockTime(date)),
  );
}

function quote(reply, actions) {
  return make(
    "button",
    { type: "button", class: "quote", "aria-label": `In reply to ${reply.author}: ${reply.text}`, onclick: () => actions.show(reply.id) },
    make("b", {}, reply.author),
    make("span", { dir: "auto" }, reply.text),
  );
}

function previewCard(preview, actions) {
  const href = safeAddress(preview.address);
  return make(
    "a",
    {
      class: `preview${preview.large ? " large" : ""}`,
      href: href ?? "#",
      target: "_blank",
      rel: "noopener noreferrer",
      "data-testid": "preview",
      onclick: (event) => actions.follow(href) && event.preventDefault(),
    },
    preview.picture && make("img", { src: preview.picture, alt: "", loading: "lazy" }),
    (preview.site || preview.title) && make(
      "span",
      { class: "words" },
      preview.site && make("b", { class: "site" }, preview.site),
      preview.title && make("span", { class: "title", dir: "auto" }, preview.title),
      preview.description && make("span", { class: "description", dir: "auto" }, preview.description),
    ),
  );
}

function keyboard(message, view, actions) {
  return make(
    "div",
    { class: "keyboard", role: "group", "aria-label": "Buttons" },
    message.keyboard.map((row, y) => make("div", { class: "row" }, row.map((button, x) => key(message, button, `${y}:${x}`, view, actions)))),
  );
}

function key(message, button, place, view, actions) {
  const common = { class: "key", "data-testid": "key", "data-place": place };
  const label = make("span", { class: "label" }, button.text);
  const href = button.action === "url" && safeAddress(button.value);
  if (href) {
    const follow = (event) => actions.follow(href) && event.preventDefault();
    return make("a", { ...common, class: "key link", href, target: "_blank", rel: "noopener noreferrer", onclick: follow }, label);
  }
  const waits = view.waiting.has(place);
  return make(
    "button",
    {
      ...common,
      type: "button",
      "data-callback": button.action === "callback_data" ? button.value : null,
      "aria-busy": waits ? "true" : null,
      onclick: () => actions.press(message, button, place),
    },
    label,
  );
}
