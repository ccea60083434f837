// Under a finger, a figure lets the page scroll and a tap shows the values, until a tool is chosen in its toolbar.
document.addEventListener("touchstart", (event) => {
  const figure = event.target.closest?.(".js-plotly-plot");
  if (!figure) return;
  if (event.target.closest('.modebar-btn[data-attr="dragmode"]')) figure.dataset.tool = "chosen";
  else if (!figure.dataset.tool && event.target.closest(".draglayer")) event.stopPropagation();
}, { capture: true, passive: true });
