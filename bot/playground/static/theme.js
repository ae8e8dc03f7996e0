// Loaded before the page is painted, so that a chosen theme does not flash. Without a choice the system's is followed.
(() => {
  const kept = "sosik-theme";
  let chosen = null;
  try {
    chosen = localStorage.getItem(kept);
  } catch {
    // Storage may be forbidden; the system's theme it is.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
