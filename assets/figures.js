// Panes and figures. Plotly's own button saves PNG only; `svg` saves the visible figure in the colours of the page.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  figures: {
    // Shows the pane of the chosen view and hides the others.
    pane: (view) => {
      requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
      const shown = window.dash_clientside.callback_context.outputs_list.map((output) => output.id);
      return shown.map((pane) => (pane.endsWith(`-${view}`) ? {} : { display: "none" }));
    },
    // Labels the file input of an upload button, which Dash renders late and without a label.
    name: (text, upload, tries = 50) => {
      const field = document.querySelector(`#${upload} input[type=file]`);
      if (field) field.setAttribute("aria-label", text);
      else if (tries) setTimeout(() => window.dash_clientside.figures.name(text, upload, tries - 1), 200);
      return window.dash_clientside.no_update;
    },
    // Shows the same part of the drawing in two graphs: the one that did not change follows the other.
    together: () => {
      const { triggered_id: changed, inputs_list: inputs } = window.dash_clientside.callback_context;
      const [one, other] = inputs.map(({ id }) => document.querySelector(`#${id} .js-plotly-plot`));
      const [from, to] = inputs[0].id === changed ? [one, other] : [other, one];
      const ends = (graph) => [...graph.layout.xaxis.range, ...graph.layout.yaxis.range];
      if (from && to && ends(from).some((end, i) => Math.abs(end - ends(to)[i]) > 0.5)) {
        Plotly.relayout(to, { "xaxis.range": [...from.layout.xaxis.range], "yaxis.range": [...from.layout.yaxis.range] });
      }
      return window.dash_clientside.no_update;
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
