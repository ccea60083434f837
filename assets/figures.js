// Panes and figures. Plotly's own button saves PNG only; `svg` saves the visible figure in the colours of the page.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  figures: {
    // Shows the pane of the chosen view and hides the others.
    pane: (view) => {
      requestAnimationFrame(() => {
        window.dispatchEvent(new Event("resize"));
        document.querySelector(".views .segment.active")?.scrollIntoView({ block: "nearest", inline: "center" });
      });
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
    // Returns the value of the period in the fields. Not from the server, whose late answer would undo what is being typed.
    period: (first, last) => `${first || ""}/${last || ""}`,
    // Returns the two dates of a chosen period, "first/last"; both are empty for all dates.
    preset: (value, first, last) => {
      const dates = value.split("/");
      const same = dates[0] === (first || "") && dates[1] === (last || "");
      return same ? Array(2).fill(window.dash_clientside.no_update) : dates;
    },
    // Saves the values of a figure: a row per point, with the titles of the axes as names of the columns.
    csv: (clicks, graph) => {
      const shown = document.querySelector(`#${graph} .js-plotly-plot`);
      if (!clicks || !shown?._fullData) return window.dash_clientside.no_update;
      const rows = shown._fullData.filter((trace) => trace.hoverinfo !== "skip").flatMap((trace) => {
        const { custom = [], text = "", axes = [] } = trace.meta || {};
        const [x, y] = ["x", "y"].map((axis, i) => {
          const name = (trace[`${axis}axis`] || axis).replace(axis, `${axis}axis`);
          return axes[i] || shown._fullLayout[name]?.title?.text?.replace("<br>", " ") || axis;
        });
        const named = (values) => Object.fromEntries(custom.map((name, i) => [name, [values].flat()[i]]));
        if (trace.type === "heatmap") {
          const start = Date.parse(`${String(trace.x0).replace(" ", "T")}Z`);
          const at = (i) => new Date(start + i * trace.dx).toISOString().slice(0, 10);
          const cells = Array.from(trace.z, (line, j) => Array.from(line, (value, i) => ({
            [x]: at(i), [y]: trace.y0 + j * trace.dy, [trace.colorbar.title.text]: value })));
          return cells.flat().filter((cell) => Number.isFinite(Object.values(cell)[2]));
        }
        return Array.from(trace.y || [], (value, i) => ({
          ...(shown._fullData.length > 1 ? { series: trace.name } : {}),
          [x]: trace.x[i], [y]: value,
          ...(text ? { [text]: trace.text[i] } : {}),
          ...(trace.customdata?.length ? named(trace.customdata[i]) : {}),
        })).filter((row) => row[y] !== null);
      });
      const names = [...new Set(rows.flatMap(Object.keys))];
      const cell = (value) => (/[",\n]/.test(value ?? "") ? `"${String(value).replaceAll('"', '""')}"` : value ?? "");
      const lines = [names, ...rows.map((row) => names.map((name) => row[name]))].map((line) => line.map(cell).join(","));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "text/csv" }));
      link.download = `sunspot-${graph}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
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
