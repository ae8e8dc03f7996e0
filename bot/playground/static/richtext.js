// A message's text and entities to nodes. Offsets are UTF-16 units, which is what a JavaScript string counts in.

import { make } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** The address as one may follow it, or null where it is none or could run a script. */
export function safeAddress(address) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * `actions.command(text)` is called for a tapped command; `actions.follow(address)` may take a tapped link for itself
 * (it then returns true).
 */
export function richText(text, entities = [], actions = {}) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  let next = 0;

  const fill = (parent, from, to) => {
    let at = from;
    while (next < ordered.length && ordered[next].offset < to) {
      const entity = ordered[next++];
      const begin = Math.max(entity.offset, at);
      const end = Math.min(entity.offset + entity.length, to);
      if (end <= begin) continue;
      parent.append(text.slice(at, begin));
      const node = nodeFor(entity, text.slice(begin, end), actions);
      fill(node, begin, end);
      parent.append(node);
      // A block ends its line by itself: the line break behind it would show as an empty line.
      at = BLOCKS.has(entity.type) && text[end] === "\n" && end < to ? end + 1 : end;
    }
    parent.append(text.slice(at, to));
  };

  fill(fragment, 0, text.length);
  return fragment;
}

function nodeFor(entity, piece, actions) {
  switch (entity.type) {
    case "text_link":
      return link(entity.url, actions);
    case "url":
      return link(piece, actions);
    case "email":
      return link(`mailto:${piece}`, actions);
    case "phone_number":
      return link(`tel:${piece}`, actions);
    case "bot_command":
      return make("button", { type: "button", class: "command", onclick: () => actions.command?.(piece) });
    case "spoiler":
      return spoiler();
    case "expandable_blockquote":
      return expandable();
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return make("span", { class: "marked" });
    default:
      return make(TAGS[entity.type] ?? "span");
  }
}

function link(address, actions) {
  const href = safeAddress(address);
  if (href === null) return make("span");
  const follow = (event) => {
    if (actions.follow?.(href)) event.preventDefault();
  };
  return make("a", { href, target: "_blank", rel: "noopener noreferrer", onclick: follow });
}

function spoiler() {
  return hiding("span", "spoiler", "revealed", "Hidden text");
}

function expandable() {
  return hiding("blockquote", "folded", "unfolded", null);
}

function hiding(tag, closed, opened, label) {
  const open = (event) => {
    if (event.type === "keydown" && event.key !== "Enter") return;
    event.currentTarget.classList.add(opened);
    event.currentTarget.removeAttribute("aria-label");
  };
  return make(tag, { class: closed, tabIndex: 0, "aria-label": label, onclick: open, onkeydown: open });
}
