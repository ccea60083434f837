// The viewer of results: the spots above the threshold, the views in step with each other, the swipe, the arrow keys.
(() => {
  const OUTLINES = 0; // places of the two traces that are filled here, as in figures/viewer.py
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

  // Lays the Sun's grid and the groups over a view. Groups are those at the model's own threshold: at another they are
  // faint, since which spots make a group is not counted anew.
  const ROOM = 576; // px: a narrower window, or a view beside others, has room for the groups' numbers alone
  let arranged = "";
  const words = (label) => (arranged === "side" || window.innerWidth < ROOM ? label.name : label.hovertext.split("<br>")[0]);
  const relabel = () => graphs().filter((graph) => graph.layout && (graph.layout.annotations || []).length).forEach((graph) => {
    const texts = graph.layout.annotations.map((label, i) => [`annotations[${i}].text`, words(label)]);
    Plotly.relayout(graph, Object.fromEntries(texts));
  });
  const over = (figure, laid, { grid, groups, own }) => {
    const data = figure.data.slice();
    let annotations = [];
    if (grid) data.push(...(laid.grid || []));
    if (groups) {
      const opacity = own ? 1 : 0.35;
      data.push(...(laid.groups || []).map((trace) => ({ ...trace, opacity })));
      annotations = (laid.labels || []).map((label) =>
        ({ ...label, opacity: own ? 1 : 0.5, text: words(label) }));
    }
    return { ...figure, data, layout: { ...figure.layout, annotations } };
  };

  const nothing = () => VIEWS.map(() => window.dash_clientside.no_update);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.viewer = {
    // Counts the spots above the threshold and shows them, without asking the server.
    recount: (shown, threshold, grid, groups, onMask) => {
      if (!shown || !shown.figures) return [...nothing(), shown ? shown.text : window.dash_clientside.no_update, "", {}, true];
      listen();
      const least = Number(threshold);
      const spots = shown.spots.filter((spot) => spot.confidence >= least);
      const own = least.toFixed(2) === shown.threshold.toFixed(2);
      const laid = (view) => view === "overlay" || (view === "mask" && onMask);
      const figures = VIEWS.map((view) => {
        const figure = FILLED[view] ? filled(shown.figures[view], spots) : shown.figures[view];
        return laid(view) && shown.over ? over(figure, shown.over, { grid, groups, own }) : figure;
      });
      const faint = groups && shown.over && shown.over.groups ? "; groups are those at the model's own threshold" : "";
      const text = shown.ran
        ? `${shown.name}: ${spots.length} spots of confidence ${least.toFixed(2)} or more` +
          (own ? ", the model's own threshold" : faint)
        : shown.text;
      // The thumb's middle runs from half its width to half its width before the end.
      const share = (shown.threshold - shown.floor) / (1 - shown.floor);
      const place = { left: `calc(${share} * (100% - 1rem) + .5rem)` };
      return [...figures, text, shown.ran ? least.toFixed(2) : "", place, !shown.ran];
    },
    // Puts the slider where the model's own threshold is, for another drawing.
    threshold: (shown) => (shown && shown.ran ? shown.threshold : window.dash_clientside.no_update),
    // Arranges the views: beside each other, or one over the other with a line between.
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

  // Zooming or moving one view does the same to the others.
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

  // Left and right: the drawing before and after, wherever the keys mean nothing else.
  document.addEventListener("keydown", (event) => {
    const button = { ArrowLeft: "inference-previous", ArrowRight: "inference-next" }[event.key];
    if (!button || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, .ag-root, [role=dialog]")) return;
    const found = document.getElementById(button);
    if (found) { event.preventDefault(); found.click(); }
  });
})();
