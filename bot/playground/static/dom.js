// Building the page: nodes only, never markup from text.

/**
 * Make an element. A property named `class`, `data-…`, `aria-…`, `role` or `for` becomes an attribute, `on…` a listener,
 * anything else is set on the element; null, undefined and false leave it out.
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (/^(class|role|for|lang|dir|data-.*|aria-.*)$/.test(name)) element.setAttribute(name, String(value));
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A small line drawing by its path, as large as the text around it. Decoration: hidden from screen readers. */
export function icon(path) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

export const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  news: "M4 5h13v14H6a2 2 0 0 1-2-2zM17 9h3v8a2 2 0 0 1-2 2h-1M7.5 9h6M7.5 12.5h6M7.5 16h3.5",
  morning: "M3 18h18M6.5 18a5.5 5.5 0 0 1 11 0M12 4v4M4.6 9.6l2 2M19.4 9.6l-2 2",
  forward: "M5 6l6 6-6 6M13 6l6 6-6 6",
  block: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12",
  theme: "M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8z",
  check: "M5 12.5l4.5 4.5L19 7.5",
};
