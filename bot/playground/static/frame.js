// The page around the conversation: which pane is seen on a phone, the newsroom as a column or a sheet, dark and light.

import { ICONS, icon } from "./dom.js";

const PHONE = matchMedia("(max-width: 719.98px)");
const ROOMY = matchMedia("(min-width: 1100px)"); // the newsroom has a column of its own

/** `opened(id)` is told which chat the address names. */
export function frame({ opened }) {
  const root = document.getElementById("messenger");
  const newsroom = document.getElementById("newsroom");
  const opener = document.getElementById("open-newsroom");
  let returnTo = null; // where the focus was before the sheet came
  let ready = false;

  const named = () => {
    const found = /^#chat=(-?\d+)$/.exec(location.hash);
    return found ? Number(found[1]) : null;
  };
  const follow = () => {
    const id = named();
    root.dataset.pane = id === null ? "chats" : "talk";
    if (ready && id !== null) opened(id);
  };

  const sheet = () => !ROOMY.matches;
  const isOpen = () => root.dataset.newsroom === "open";
  const settle = () => {
    const hidden = !isOpen();
    newsroom.inert = hidden;
    opener.setAttribute("aria-expanded", String(!hidden));
    for (const pane of root.querySelectorAll(".talk, .chats-pane")) pane.inert = !hidden && sheet();
  };
  const openNewsroom = (from) => {
    returnTo = from ?? null;
    root.dataset.newsroom = "open";
    settle();
    if (sheet()) newsroom.querySelector("h2").focus({ preventScroll: true });
  };
  const closeNewsroom = () => {
    root.dataset.newsroom = "closed";
    settle();
    returnTo?.focus({ preventScroll: true });
    returnTo = null;
  };

  addEventListener("hashchange", follow);
  document.getElementById("back").addEventListener("click", () => {
    history.pushState(null, "", location.pathname);
    follow();
    document.querySelector(".chat[aria-current]")?.focus();
  });
  for (const button of document.querySelectorAll("[data-open-newsroom]")) {
    button.addEventListener("click", () => (isOpen() ? closeNewsroom() : openNewsroom(button)));
  }
  document.getElementById("close-newsroom").addEventListener("click", closeNewsroom);
  document.getElementById("scrim").addEventListener("click", closeNewsroom);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && sheet()) closeNewsroom();
  });
  ROOMY.addEventListener("change", () => {
    root.dataset.newsroom = ROOMY.matches ? "open" : "closed";
    settle();
  });
  root.dataset.newsroom = ROOMY.matches ? "open" : "closed";
  settle();
  themes();

  return {
    /** The chats are known: show the one the address names, else the first where there is room for two panes. */
    begin: (ids) => {
      ready = true;
      if (ids.includes(named())) return follow();
      if (PHONE.matches) {
        root.dataset.pane = "chats";
        return undefined;
      }
      history.replaceState(null, "", `#chat=${ids[0]}`);
      return follow();
    },
    wide: () => !PHONE.matches && !(isOpen() && sheet()),
    showsTalk: () => !PHONE.matches || root.dataset.pane === "talk",
    /** After something was done in the newsroom: on a phone the sheet gives way, so that one sees what comes of it. */
    makeRoom: () => {
      if (PHONE.matches && isOpen()) closeNewsroom();
    },
  };
}

function themes() {
  const button = document.getElementById("theme");
  const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const tell = () => button.setAttribute("aria-pressed", String(dark()));
  button.append(icon(ICONS.theme));
  button.addEventListener("click", () => {
    const theme = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("sosik-theme", theme);
    } catch {
      // Not kept, then.
    }
    tell();
  });
  tell();
}
