// Saves a figure as it is shown, in the colours of the page: the figure's own button knows one format only.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  figures: {
    // Shows the pane of the chosen view, of those that there are.
    pane: (view, options) => {
      requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
      const shown = window.dash_clientside.callback_context.outputs_list.map((output) => output.id);
      return shown.map((pane) => (pane.endsWith(`-${view}`) ? {} : { display: "none" }));
    },
    svg: (clicks, graph) => {
      const shown = document.querySelector(`#${graph} .js-plotly-plot`);
      if (!clicks || !shown) return window.dash_clientside.no_update;
      const background = getComputedStyle(document.body).backgroundColor;
      const layout = Object.assign({}, shown.layout, { paper_bgcolor: background });
      const size = { width: shown.clientWidth, height: shown.clientHeight };
      Plotly.downloadImage({ data: shown.data, layout }, { format: "svg", filename: `sunspot-${graph}`, ...size });
      return window.dash_clientside.no_update;
    },
  },
});
// The field inside an upload's button, which Dash leaves without a name.
new MutationObserver(() => {
  document.querySelectorAll("#explore-upload input[type=file]:not([aria-label])").forEach((field) => {
    field.setAttribute("aria-label", "File of a series");
  });
}).observe(document.documentElement, { childList: true, subtree: true });
