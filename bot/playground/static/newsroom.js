// The newsroom: the emulated clock with its leaps, and the stories one may publish into the local feed.

import { city, clockSeconds, clockTime, fullDay, now } from "./clock.js";
import { make } from "./dom.js";

const SHELVES = [
  ["breaking", "Breaking", "These ring"],
  ["turn", "Turns", "What came of a story that rang: a reply to its alert, from 20 minutes on"],
  ["opinion", "Opinion", "Filed under Breaking, yet no alert"],
  ["ordinary", "Stories", "For the next digest"],
];

/** Keep the clock's faces ticking. */
export function tick() {
  const date = now();
  const seconds = clockSeconds(date);
  for (const face of document.querySelectorAll("[data-clock]")) {
    const shown = face.dataset.clock === "seconds" ? seconds : clockTime(date);
    if (face.textContent !== shown) face.textContent = shown;
  }
  const day = `${fullDay(date)} · ${city()}`;
  const face = document.querySelector("[data-day]");
  if (face.textContent !== day) face.textContent = day;
}

/** Lay out the stories. `publish(story, button)` is called when one is chosen. */
export function showStories(shelf, stories, publish) {
  const focused = shelf.contains(document.activeElement) ? document.activeElement.dataset.sampleId : null;
  shelf.replaceChildren(
    ...SHELVES.map(([kind, title, hint]) => {
      const here = stories.filter((story) => story.kind === kind);
      return (
        here.length > 0 &&
        make(
          "section",
          { class: `shelf ${kind}`, "aria-label": title },
          make("h3", {}, title, make("span", { class: "hint" }, hint)),
          make("ul", { role: "list" }, here.map((story) => card(story, publish))),
        )
      );
    }).filter(Boolean),
  );
  if (focused) shelf.querySelector(`[data-sample-id="${focused}"]`)?.focus({ preventScroll: true });
}

function card(story, publish) {
  const out = story.published;
  const action = make(
    "button",
    {
      type: "button",
      class: story.kind === "breaking" ? "publish urgent" : "publish",
      disabled: Boolean(out),
      "aria-label": `${out ? "Published" : "Publish"}: ${story.title}`,
      "data-testid": "publish",
      "data-sample-id": story.id,
      "data-kind": story.kind,
      onclick: (event) => publish(story, event.currentTarget),
    },
    out ? `Out ${clockTime(new Date(out))}` : "Publish",
  );
  return make(
    "li",
    { class: `story${out ? " out" : ""}`, lang: story.language },
    story.picture ? make("img", { src: story.picture, alt: "", loading: "lazy" }) : make("span", { class: "no-picture", "aria-hidden": "true" }, "¶"),
    make("p", { class: "headline", dir: "auto" }, story.title),
    make(
      "div",
      { class: "foot" },
      make("p", { class: "facts" }, [story.source, story.label].filter(Boolean).map((fact) => make("span", {}, fact))),
      action,
    ),
  );
}
