// The box one types in, with the commands the bot has registered for the person and the chat.

import { make } from "./dom.js";

const TALLEST = 160; // pixels the box grows to before it scrolls

/** The commands that fit what is typed so far: those that begin so, then those that contain it. Null: not a command. */
export function matching(commands, typed) {
  const found = /^\/([\p{L}\p{N}_]*)$/u.exec(typed);
  if (!found) return null;
  const word = found[1].toLowerCase();
  const begins = commands.filter(({ command }) => command.startsWith(word));
  const contains = commands.filter(({ command }) => !command.startsWith(word) && command.includes(word));
  return [...begins, ...contains];
}

/** Wires the form. `say(text)` sends; `commands()` gives those of the chat; `suffix()` what a chosen command carries behind it. */
export function composer(form, { say, commands, suffix }) {
  const box = form.querySelector("textarea");
  const list = form.querySelector("[role=listbox]");
  const slash = form.querySelector("[data-slash]");
  let offered = [];
  let chosen = -1;

  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, TALLEST)}px`;
    form.classList.toggle("ready", box.value.trim() !== "");
  };
  const close = () => {
    offered = [];
    chosen = -1;
    list.hidden = true;
    list.replaceChildren();
    box.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    list.children[index].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", list.children[index].id);
  };
  const offer = () => {
    const found = matching(commands(), box.value) ?? [];
    const whole = found.length === 1 && box.value === `/${found[0].command}`;
    if (found.length === 0 || whole) return close();
    offered = found;
    list.replaceChildren(
      ...found.map(({ command, description }, index) =>
        make(
          "li",
          { id: `option-${index}`, role: "option", "data-testid": "completion", "data-command": command, onclick: () => take(index), onpointerdown: (event) => event.preventDefault() },
          make("b", {}, `/${command}`),
          make("span", { dir: "auto" }, description),
        ),
      ),
    );
    list.hidden = false;
    return choose(0);
  };
  const set = (text) => {
    box.value = text;
    grow();
    box.focus();
    box.setSelectionRange(text.length, text.length);
  };
  const take = (index) => {
    set(`/${offered[index].command}${suffix()} `);
    close();
  };
  const send = () => {
    const text = box.value.trim();
    if (text === "") return;
    box.value = "";
    grow();
    close();
    say(text);
  };

  const keys = {
    ArrowDown: () => choose((chosen + 1) % offered.length),
    ArrowUp: () => choose((chosen - 1 + offered.length) % offered.length),
    Tab: () => take(chosen),
    // A command typed to its end is sent, whatever else begins with the same letters.
    Enter: () => (box.value === `/${offered[chosen].command}` ? send() : take(chosen)),
    Escape: close,
  };
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Hangul is still being put together
    if (offered.length && !event.shiftKey && keys[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      keys[event.key]();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  });
  box.addEventListener("input", () => {
    grow();
    offer();
  });
  box.addEventListener("blur", close);
  slash.addEventListener("pointerdown", (event) => event.preventDefault());
  slash.addEventListener("click", () => {
    if (offered.length) return close();
    if (box.value.trim() === "" || box.value.startsWith("/")) set("/");
    return offer();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    box.focus();
  });

  return {
    draft: () => box.value,
    restore: (text) => {
      box.value = text;
      grow();
      close();
    },
    focus: () => box.focus({ preventScroll: true }),
  };
}
