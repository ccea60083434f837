// The viewer of the page Inference: joins the stage, the filmstrip and the numbers with the controls of the page.
(() => {
  const nothing = () => window.dash_clientside.no_update;
  const byId = (name) => document.getElementById(`inference-${name}`);
  const set = (name, values) => window.dash_clientside.set_props(`inference-${name}`, values);
  const NOTHING = "No results yet. Add drawings on the page Dataset, then choose “Run a model” to find their spots.";
  const stepper = { ArrowLeft: -1, ArrowRight: 1 };
  let parts = null; // of the page as it is in the document now
  let now = { key: "", model: "", revision: null, order: "" };
  let layers = {};

  // Makes the stage and the filmstrip; the page is rebuilt each time it is visited.
  const begin = () => {
    const box = byId("stage");
    if (!box) return null;
    if (parts && parts.box === box) return parts;
    const stage = new sunspot.Stage(box, report);
    const strip = new sunspot.Filmstrip(byId("strip"), (row) => `/found/${now.model}/${row.key}?v=${row.stamp}`, choose);
    parts = { box, stage, strip };
    now = { key: "", model: "", revision: null, order: "" };
    return parts;
  };

  const choose = (row, spot = "") => {
    if (!row) return;
    parts.strip.mark(row.key);
    set("key", { data: { key: row.key, spot } });
  };
  const step = async (steps) => { if (parts) choose(await parts.strip.step(steps)); };

  const report = (what, details) => {
    if (what === "opened") opened(details);
    if (what === "selected") {
      update();
      set("key", { data: { key: now.key, spot: details.spot ? String(details.spot.number) : "" } });
    }
  };

  const opened = (content) => {
    set("threshold", { value: content.ran ? content.threshold : null });
    const mark = byId("model-threshold");
    mark.hidden = !content.ran;
    // The centre of the slider's thumb stays half its width away from both ends.
    if (content.ran) mark.style.left = `calc(${(content.threshold - content.floor) / (1 - content.floor)} * (100% - 1rem) + .5rem)`;
    const title = sunspot.side.element("h2", "", content.name);
    byId("drawing").replaceChildren(title);
    const link = sunspot.side.element("a", "", "Original file");
    link.href = sunspot.url(`/media/${content.key}/original`);
    const fits = sunspot.side.element("a", "ms-3", "FITS with coordinates");
    fits.href = sunspot.url(`/drawings/${content.key}/fits?model=${encodeURIComponent(now.model)}`);
    byId("facts").replaceChildren(...(content.ran ? [sunspot.side.facts(content.facts)] : []), link, ...(content.ran && content.grid ? [fits] : []));
    byId("truth").disabled = !content.labelled;
    byId("truth").parentElement.title = content.labelled ? "" : "This drawing has no labels";
    if (content.labelled && layers.truth) judge();
    update();
  };

  // Fetches the labels of the open drawing.
  const judge = async () => {
    const { stage } = parts;
    const { content } = stage.scene;
    if (!content || !content.ran || !content.labelled || stage.scene.truth) return;
    const truth = await stage.fetched(`/drawings/${content.key}/truth?model=${encodeURIComponent(now.model)}`).catch(() => null);
    if (!truth || stage.scene.content !== content) return;
    stage.scene.truth = truth;
    stage.scene.judge();
    stage.draw();
    update();
  };

  const showSpot = (number) => parts.stage.focus(parts.stage.scene.content.spots.find((spot) => spot.number === number), 6);
  const showGroups = (numbers) => {
    const chosen = parts.stage.scene.counted.groups.filter((group) => numbers.includes(group.number));
    zoomTo({ spots: chosen.flatMap((group) => group.spots) });
  };
  const zoomTo = (group) => {
    parts.stage.focus({ x: mean(group.spots, "x"), y: mean(group.spots, "y") }, 3);
  };
  const mean = (spots, name) => spots.reduce((sum, spot) => sum + spot[name], 0) / spots.length;

  // Writes the numbers of the counted spots.
  const update = () => {
    const { scene } = parts.stage;
    const { content } = scene;
    const live = byId("live");
    byId("tools").hidden = !content.ran;
    if (!content.ran) {
      live.replaceChildren();
      byId("count").textContent = now.model ? `${content.name}: not yet processed by ${now.model}` : `${content.name}: no model chosen`;
      return;
    }
    const n = scene.counted.spots.length;
    byId("threshold-value").textContent = scene.threshold.toFixed(2);
    byId("count").textContent = `${content.name}: ${n} ${n === 1 ? "spot" : "spots"} with confidence ${scene.threshold.toFixed(2)} or more` +
      (scene.atModel ? ", the model's own threshold" : "");
    byId("apply").hidden = scene.atModel;
    byId("histogram").replaceChildren(sunspot.side.histogram(content.spots, scene.threshold));
    const { figures, uncertain, observed, judged, spot, table } = sunspot.side;
    const intervals = scene.atModel ? content.uncertainty : undefined;
    live.replaceChildren(...[figures(scene.counted, intervals), uncertain(scene, showSpot, showGroups), observed(scene), judged(layers.truth ? scene : {}), spot(scene)].filter(Boolean));
    byId("groups-list").replaceChildren(...[table(scene, zoomTo)].filter(Boolean));
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    viewer: {
      // Shows a drawing of a model; the first of the filmstrip if none is chosen.
      show: (chosen, model, revision, order) => {
        if (!begin()) return nothing();
        const before = now;
        now = { key: chosen.key, model: model || "", revision, order };
        const { stage, strip } = parts;
        const sorted = before.order && before.order !== order;
        const listed = before.model !== now.model || before.revision !== revision || before.order !== order;
        if (!now.model && !now.key) {
          if (revision !== null && revision !== undefined) stage.empty(NOTHING);
          return nothing();
        }
        const list = listed && now.model ? strip.list(`/strip/${now.model}`, order || "", now.key) : Promise.resolve(strip.total);
        list.then((total) => {
          if (total && (sorted || !now.key)) strip.reach(0).then(() => choose(strip.rows.get(0)));
          else if (now.key) strip.mark(now.key);
          else stage.empty(NOTHING);
        });
        const { content } = stage.scene;
        const same = content && content.key === now.key && content.model === now.model && before.revision === revision;
        if (now.key && !same) open(chosen, content && content.key === now.key && content.model === now.model);
        return nothing();
      },
      step: (before, after) => { if (before || after) step(window.dash_clientside.callback_context.triggered_id.endsWith("next") ? 1 : -1); return nothing(); },
      threshold: (value) => {
        if (!parts || value === null || value === undefined || !parts.stage.scene.content || !parts.stage.scene.content.ran) return nothing();
        parts.stage.count(Number(value));
        update();
        return nothing();
      },
      layers: (grid, groups, onMask, truth) => {
        layers = { grid, groups, onMask, truth };
        if (!begin()) return nothing();
        const { scene } = parts.stage;
        Object.assign(scene.layers, layers);
        if (truth && scene.content) judge();
        if (scene.counted) update();
        parts.stage.draw();
        return nothing();
      },
      arrange: (layout, share, over) => {
        if (!begin()) return nothing();
        Object.assign(parts.stage, { layout, over, share: Number(share) });
        parts.stage.arrange();
        return layout === "swipe" ? {} : { display: "none" };
      },
      recolour: () => { if (parts && parts.box.isConnected) requestAnimationFrame(() => parts.stage.recolour()); return nothing(); },
      tool: () => {
        if (!begin()) return nothing();
        const tool = window.dash_clientside.callback_context.triggered_id;
        if (tool === "inference-fit") parts.stage.fit();
        if (tool === "inference-in") parts.stage.zoom(1);
        if (tool === "inference-out") parts.stage.zoom(-1);
        return nothing();
      },
    },
  });

  // Opens the drawing; if it is open already, only if its data have changed.
  const open = async ({ spot, at }, again) => {
    const { stage } = parts;
    const address = `/drawings/${now.key}/content?model=${encodeURIComponent(now.model)}`;
    if (again) {
      const content = await stage.fetched(address).catch(() => null);
      if (!content || JSON.stringify(content) === JSON.stringify(stage.scene.content)) return;
    }
    const content = await stage.open(address);
    if (!content) return;
    const chosen = spot && (content.spots || []).find((one) => String(one.number) === spot);
    const [x, y] = (at || "").split(",").map(Number);
    if (at && Number.isFinite(x) && Number.isFinite(y)) stage.focus({ x, y }, 1.5);
    if (chosen) { stage.scene.selected = chosen; stage.focus(chosen, 1.5); stage.draw(); update(); }
    for (const steps of [1, -1]) ahead(steps);
  };

  // Loads the picture of a neighbour before it is asked for.
  const ahead = async (steps) => {
    const { strip } = parts;
    if (strip.place === null || strip.place === undefined || strip.total < 2) return;
    const place = (strip.place + steps + strip.total) % strip.total;
    await strip.reach(place);
    const row = strip.rows.get(place);
    if (row && row.picture) new Image().src = sunspot.url(row.picture);
  };

  window.sunspot.stage = () => (parts && parts.box.isConnected ? parts.stage : null); // for the browser's console, and for tests

  // Keys, unless the focused control uses them.
  document.addEventListener("keydown", (event) => {
    if (!parts || !parts.box.isConnected || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, .ag-root, [role=dialog]")) return;
    const { stage } = parts;
    const act = { 0: () => stage.fit(), "+": () => stage.zoom(1), "-": () => stage.zoom(-1) }[event.key] || (stepper[event.key] && (() => step(stepper[event.key])));
    if (act) { event.preventDefault(); act(); }
  });
})();
