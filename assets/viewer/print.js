// Before printing, the page becomes light, and the drawing as large as the paper; afterwards both are as they were.
(() => {
  const root = document.documentElement;
  let theme = "";
  const show = (name, isPrinting) => {
    root.dataset.bsTheme = root.dataset.agThemeMode = name;
    root.classList.toggle("printing", isPrinting);
    document.querySelectorAll(".pane").forEach(({ pane }) => {
      pane.scene.recolour();
      pane.resized();
    });
  };
  window.addEventListener("beforeprint", () => { theme = root.dataset.bsTheme; show("light", true); });
  window.addEventListener("afterprint", () => show(theme, false));
})();
