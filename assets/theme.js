// Runs before the first paint, so that a dark page does not flash white. The button's callback is in callbacks.js.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = localStorage.getItem("theme") || (dark ? "dark" : "light");
  document.documentElement.dataset.bsTheme = theme;
  document.documentElement.dataset.agThemeMode = theme; // theme of the tables
})();
