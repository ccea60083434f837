// The viewer: counts spots above the threshold, keeps the views in step, swipes, and handles the arrow keys.
(() => {
  const OUTLINES = 0; // indices of the traces that are filled here, as in figures/viewer.py
  const CENTRES = 1;
  const VIEWS = ["original", "mask", "overlay"];
  const FILLED = { mask: true, overlay: true };

  const filled = (figure, spots) => {
    const data = figure.data.slice();
    const x = [];
    const y = [];
    spots.forEach((spot) => {
      spot.outline.forEach((point) => { x.push(point[0]); y.push(point[1]); });
      if (spot.outline.length) { x.push(spot.outline[0][0], null); y.push(spot.outline[0][1], null); }
    });
    data[OUTLINES] = { ...data[OUTLINES], x, y };
    data[CENTRES] = {
      ...data[CENTRES],
      x: spots.map((spot) => spot.x),
      y: spots.map((spot) => spot.y),
      customdata: spots.map((spot) => [spot.number, spot.area_px, spot.confidence, spot.radius_fraction, spot.position_angle_deg, spot.place]),
    };
    return { ...figure, data };
  };

  // Adds the grid and the groups to a view. Groups are not recomputed for another threshold than the model's own, so
  // they are drawn faint there.
  const ROOM = 576; // px: narrower windows, and views side by side, have room only for the numbers of the groups
  let arranged = "";
  const labelText = (label) => (arranged === "side" || window.innerWidth < ROOM ? label.name : label.hovertext.split("<br>")[0]);
  const relabel = () => graphs().filter((graph) => graph.layout && (graph.layout.annotations || []).length).forEach((graph) => {
    const texts = graph.layout.annotations.map((label, i) => [`annotations[${i}].text`, labelText(label)]);
    Plotly.relayout(graph, Object.fromEntries(texts));
  });
  const addLayers = (figure, layers, { grid, groups, atModelThreshold }) => {
    const data = figure.data.slice();
    let annotations = [];
    if (grid) data.push(...(layers.grid || []));
    if (groups) {
      const opacity = atModelThreshold ? 1 : 0.35;
      data.push(...(layers.groups || []).map((trace) => ({ ...trace, opacity })));
      annotations = (layers.labels || []).map((label) =>
        ({ ...label, opacity: atModelThreshold ? 1 : 0.5, text: labelText(label) }));
    }
    return { ...figure, data, layout: { ...figure.layout, annotations } };
  };

  const nothing = () => VIEWS.map(() => window.dash_clientside.no_update);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.viewer = {
    // Shows and counts the spots above the threshold, without a request to the server.
    recount: (shown, value, grid, groups, onMask) => {
      if (!shown || !shown.figures) return [...nothing(), shown ? shown.text : window.dash_clientside.no_update, "", {}, true];
      listen();
      const threshold = Number(value);
      const spots = shown.spots.filter((spot) => spot.confidence >= threshold);
      const atModelThreshold = threshold.toFixed(2) === shown.model_threshold.toFixed(2);
      const hasLayers = (view) => view === "overlay" || (view === "mask" && onMask);
      const figures = VIEWS.map((view) => {
        const figure = FILLED[view] ? filled(shown.figures[view], spots) : shown.figures[view];
        return hasLayers(view) && shown.over ? addLayers(figure, shown.over, { grid, groups, atModelThreshold }) : figure;
      });
      const faint = groups && shown.over && shown.over.groups ? "; groups are those at the model's own threshold" : "";
      const text = shown.ran
        ? `${shown.name}: ${spots.length} ${spots.length === 1 ? "spot" : "spots"} with confidence ${threshold.toFixed(2)} or more` +
          (atModelThreshold ? ", the model's own threshold" : faint)
        : shown.text;
      // The centre of the slider's thumb stays half its width away from both ends.
      const share = (shown.model_threshold - shown.floor) / (1 - shown.floor);
      const position = { left: `calc(${share} * (100% - 1rem) + .5rem)` };
      return [...figures, text, shown.ran ? threshold.toFixed(2) : "", position, !shown.ran];
    },
    // Moves the slider to the model's own threshold when another drawing opens.
    threshold: (shown) => (shown && shown.ran ? shown.model_threshold : window.dash_clientside.no_update),
    // Arranges the views side by side, or one over the other with a dividing line.
    arrange: (layout, share, over) => {
      arranged = layout;
      const names = { side: "views views-side", swipe: "views views-swipe" };
      const single = VIEWS.includes(layout);
      const cut = { clipPath: `inset(0 0 0 ${share}%)` };
      const seen = (view) => (single ? view === layout : layout === "side" || view === "original" || view === over);
      const styles = VIEWS.map((view) => ({
        ...(seen(view) ? {} : { display: "none" }),
        ...(layout === "swipe" && view === over ? cut : {}),
      }));
      const swiping = layout === "swipe" ? {} : { display: "none" };
      requestAnimationFrame(() => { window.dispatchEvent(new Event("resize")); relabel(); });
      return [names[layout] || "views views-one", ...styles, swiping, { left: `${share}%`, ...swiping }];
    },
  };

  // Zooming or panning one view does the same to the others.
  let following = false;
  const follow = (source, change) => {
    const keys = Object.keys(change).filter((key) => /^[xy]axis\.(range|autorange)/.test(key));
    if (following || !keys.length) return;
    following = true;
    const range = { "xaxis.range": source.layout.xaxis.range.slice(), "yaxis.range": source.layout.yaxis.range.slice() };
    const others = graphs().filter((graph) => graph !== source && graph.layout);
    Promise.all(others.map((graph) => Plotly.relayout(graph, range))).finally(() => { following = false; });
  };
  const graphs = () => [...document.querySelectorAll(".view .js-plotly-plot")];
  const listen = (tries = 50) => {
    const ready = graphs().filter((graph) => graph.on);
    ready.filter((graph) => !graph.inStep).forEach((graph) => {
      graph.inStep = true;
      graph.on("plotly_relayout", (change) => follow(graph, change));
    });
    if (ready.length < VIEWS.length && tries) setTimeout(() => listen(tries - 1), 200);
  };

  // The left and right arrow keys open the previous and next drawing, unless the focused control uses them.
  document.addEventListener("keydown", (event) => {
    const button = { ArrowLeft: "inference-previous", ArrowRight: "inference-next" }[event.key];
    if (!button || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, .ag-root, [role=dialog]")) return;
    const found = document.getElementById(button);
    if (found) { event.preventDefault(); found.click(); }
  });
})();
