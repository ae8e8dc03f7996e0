// What a messenger says over the conversation: a passing line, or an alert that waits for OK.

import { make } from "./dom.js";

const PASSING = 3_500; // milliseconds a line stays; long ones longer, so that they can be read

/** A line that passes by itself. `kind` is "answer" (the bot's), "done" or "trouble". */
export function toast(text, kind = "done") {
  const place = document.getElementById("toasts");
  const line = make("p", { class: `toast ${kind}`, "data-testid": "toast" }, text);
  place.append(line);
  while (place.children.length > 3) place.firstElementChild.remove();
  setTimeout(() => line.remove(), PASSING + text.length * 30);
}

/** An alert as `show_alert` asks for: it stays until it is closed. */
export function showAlert(text) {
  const dialog = document.getElementById("alert");
  dialog.querySelector("p").textContent = text;
  if (!dialog.open) dialog.showModal();
}
