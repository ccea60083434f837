// The page Review: joins the queue, the stage, the editor and the numbers with the controls of the page.
(() => {
  const POLL_MS = 1500;
  const WRITE_MS = 60;
  const NAMED_MS = 500; // after the last letter of a name
  const byId = (name) => document.getElementById(`review-${name}`);
  const set = (name, values) => window.dash_clientside.set_props(`review-${name}`, values);
  const nothing = () => window.dash_clientside.no_update;
  let parts = null; // of the page as it is in the document now
  let now = {};
  let person = "";
  let naming = 0;
  const skipped = new Set();
  const SEEN = "seen"; // as in sunspot_dash/domain/review/blind.py

  const begin = () => {
    const box = byId("stage");
    if (!box) return null;
    if (parts && parts.box === box) return parts;
    const stage = new sunspot.Stage(box, (what) => { if (what === "opened") opened(); }, sunspot.ReviewScene);
    const form = new sunspot.Correction({ show: fill, person: () => person, note, saved: () => renew(true) });
    const limb = new sunspot.Limb(stage.scene, { moved: (circle) => { form.take(circle); stage.draw(); }, settled: (circle) => form.set(circle) });
    const editor = new sunspot.Editor(stage, { note, changed: update, named, limb });
    const queue = new sunspot.Queue(byId("queue"), (row) => choose(row.key));
    const message = new sunspot.Message(byId("note"), () => stage.scene.content?.key || "");
    parts = { box, stage, editor, queue, form, limb, message };
    now = {};
    byId("tools").replaceChildren(...tools(editor));
    return parts;
  };

  const note = (text, steps) => parts.message.show(text, steps);
  // Writes values into the fields of the form "Drawing".
  const FIELDS = { date: "date", time: "time", east: "orientation", up: "up", tilt: "tilt", x: "x", y: "y", radius: "radius", observer: "observer" };
  const fill = (values) => Object.entries(values).forEach(([name, value]) => set(FIELDS[name], { value }));

  // Begins or ends to move the limb.
  const moveLimb = () => {
    if (!named()) return;
    const { stage, editor, form, limb } = parts;
    const { x, y, radius } = form.values;
    limb.take(radius ? { x, y, radius } : stage.scene.content.disk);
    editor.use("limb");
    byId("stage").focus();
    note("Drag the cross to move the limb, its edge to change the radius; arrow keys and Page keys move by 1 px, with Shift by 10. Enter saves, Esc cancels.", { Save: correct, Cancel: leaveLimb });
  };
  const leaveLimb = () => {
    const { editor, form, limb, stage } = parts;
    const { x, y, radius } = form.filled;
    if (stage.scene.circle) form.set({ x, y, radius });
    limb.drop();
    editor.use("select");
    note("");
  };
  const correct = async () => {
    const { editor, form, limb } = parts;
    if (!named()) return;
    await form.save();
    if (form.changed) return; // the reason is shown
    limb.drop();
    if (editor.tool === "limb") editor.use("select");
  };
  const named = () => {
    if (person) return true;
    note("Enter your name first: it stands beside every decision.");
    byId("person").focus();
    return false;
  };
  const choose = (key) => { if (key) set("key", { data: key }); };

  // The drawings whose detections this browser window has shown.
  const seen = {
    keys: () => JSON.parse(sessionStorage.getItem("review-seen") || "[]"),
    has: (key) => seen.keys().includes(key),
    add: (key) => { if (!seen.has(key)) sessionStorage.setItem("review-seen", JSON.stringify([...seen.keys(), key])); },
  };
  // What a request names in a blind reading: the server then sends the marks of this person only.
  const reader = () => (now.blind ? { reader: person } : {});
  // Returns whether a blind reading waits for the name of its reader, and asks for it.
  const nameless = () => {
    if (!now.blind || person) return false;
    parts.stage.empty("Enter your name first: the blind reading is kept under it.");
    byId("person").focus();
    return true;
  };
  const open = () => {
    if (nameless()) return;
    parts.stage.open(`/drawings/${now.key}/review?${new URLSearchParams({ model: now.model, ...reader() })}`);
  };
  let warned = false; // that leaving shows the detections
  const leave = () => {
    const { gestures } = parts.editor;
    const { content } = parts.stage.scene;
    if (content?.blind && !content.finished_at && gestures?.mine.length && !warned) {
      warned = true;
      note("This reading is not finished, and leaving it shows the detections. Press once more to leave.");
      return;
    }
    set("blind", { data: false });
  };
  const banner = (content) => {
    byId("banner").hidden = !now.blind;
    parts.box.closest(".review-page").classList.toggle("blind", Boolean(now.blind));
    const remarks = content?.blind ? content.remarks : [];
    const known = content?.blind && !content.finished_at && seen.has(content.key) ? ["you have seen the detections on this drawing; press S for the next one"] : [];
    const why = [...remarks, ...known].join("; ");
    byId("banner-text").textContent = `Blind reading${person ? ` by ${person}` : ""}: mark every spot that you see${why ? `. Not independent: ${why}` : ""}.`;
  };

  const tools = (editor) => sunspot.reviewTools({
    ...Object.fromEntries(["select", "add", "outline", "split", "lasso", "group"].map((name) => [name, () => pick(name)])),
    limb: moveLimb,
    merge: () => editor.merge(),
    undo: () => editor.gestures?.undo(),
    redo: () => editor.gestures?.redo(),
    fit: () => parts.stage.fit(),
    keys: () => help(),
  });

  const opened = () => {
    const { stage, editor, form } = parts;
    const { content } = stage.scene;
    warned = false;
    if (!content.blind) seen.add(content.key);
    editor.gestures?.close();
    const gestures = new sunspot.Gestures(stage.scene, {
      person: () => person, changed: () => { update(); settle(); }, refused: (reason) => { note(`Not recorded: ${reason}.`); renew(true); },
    });
    gestures.remember(content.gestures, person);
    editor.open(gestures);
    editor.use("select");
    byId("drawing").replaceChildren(sunspot.side.element("h2", "", content.name));
    form.fill(content);
    about(content);
    parts.message.opened();
    if (later) later();
    later = null;
    update();
    stage.scene.scan(); // clicks need it
  };

  const about = (content) => {
    set("observer", { placeholder: content.observed?.observer || "" });
    const link = sunspot.side.element("a", "", "Labels and measured tilt");
    link.href = sunspot.url(`/dataset?drawing=${content.key}`);
    byId("facts").replaceChildren(sunspot.side.facts(content.facts), link);
  };

  // Takes what the server has once all gestures of this page are saved.
  let settling = 0;
  const settle = () => {
    clearTimeout(settling);
    if (parts.editor.gestures.saved) settling = setTimeout(() => renew(), 200);
  };
  const renew = async (force = false) => {
    const { stage, editor } = parts;
    const { gestures, grip } = editor;
    const { content } = stage.scene;
    if (!content || !gestures || (!force && !gestures.saved) || grip || stage.scene.trail) return;
    const query = new URLSearchParams({ model: content.model, state: force ? "" : content.state, ...(content.blind ? { reader: person } : {}) });
    const answer = await fetch(sunspot.url(`/drawings/${content.key}/review?${query}`)).catch(() => null);
    if (!answer || answer.status !== 200) return;
    const found = await answer.json();
    if (editor.gestures !== gestures || !gestures.saved || editor.grip || stage.scene.trail) return;
    const others = found.gestures.length - content.gestures.length;
    stage.scene.renew(found);
    parts.form.fill(found, true);
    about(found);
    gestures.remember(found.gestures.filter((one) => !content.gestures.some((old) => old.id === one.id)), person);
    stage.draw();
    update();
    if (others) list();
  };
  setInterval(() => { if (parts && parts.box.isConnected && document.visibilityState === "visible") renew(); }, POLL_MS);

  const list = async () => {
    if (nameless()) return null;
    const found = await parts.queue.list({ model: now.model, state: now.state, first: now.first || "", last: now.last || "", skipped: [...skipped], reader: reader() });
    if (!found) return null;
    const text = sunspot.side.element("span", "", now.blind ? `${found.total} ${found.total === 1 ? "drawing" : "drawings"}` : `${found.to_review} to review, ${found.reviewed} reviewed`);
    const link = sunspot.side.element("a", "", "COCO");
    Object.assign(link, { href: sunspot.url(`/exports/${now.model}/coco`), title: "Labels of the reviewed drawings, for CVAT and Label Studio" });
    byId("counts").replaceChildren(text, ...(found.reviewed ? [link] : []));
    return found;
  };

  // Carries out one step from drawing to drawing at a time: a held key would skip some.
  let busy = false;
  const alone = (step) => async () => {
    if (busy || !parts.stage.scene.content || !parts.editor.gestures || parts.box.dataset.state !== "ready") return;
    busy = true;
    try { await step(); } finally { busy = false; }
  };

  // Marks the drawing as reviewed, or opens it again.
  const finish = alone(async () => {
    const { gestures } = parts.editor;
    const { content } = scene();
    if (!named()) return;
    const done = Boolean(content.finished_at);
    const open = scene().undecided;
    const gesture = gestures.act(done ? "reopen" : "finish", { text: content.blind && !done && seen.has(content.key) ? SEEN : "" });
    const n = scene().counted.spots.length;
    await gestures.flushed();
    if (!gestures.recorded(gesture)) return; // the reason is shown
    if (content.blind || done) {
      await renew(true);
      list();
      if (!done && byId("agreement").hidden) byId("open-agreement").click();
      return;
    }
    if (scene().content.key !== content.key) { list(); return; }
    await advance(`${content.name} is reviewed with ${n} ${n === 1 ? "spot" : "spots"}${open ? `, ${open} of them not decided one by one` : ""}.`);
  });
  // Begins the blind reading of somebody who has just entered a name.
  const begun = async () => {
    const { queue } = parts;
    if (!(await list())) return;
    if (now.key) { queue.mark(now.key); open(); } else if (queue.rows.length) choose(queue.rows[0].key);
  };
  const skip = alone(async () => {
    const { key, name } = scene().content;
    if (!parts.queue.next(key)) { note("This is the last drawing of the list that needs review."); return; }
    skipped.add(key);
    await advance(`${name} is skipped; it comes back at the end.`);
  });
  const scene = () => parts.stage.scene;
  // Opens the next drawing of the queue, with a note on the last one and a way back to it.
  const advance = async (text) => {
    const { key } = scene().content;
    const row = parts.queue.next(key);
    const told = () => note(text, { "Go back": () => choose(key) });
    await list();
    if (row) { later = told; choose(row.key); } else note(`${text} Nothing is left to review in this list.`);
  };
  let later = null; // shows the note on the last drawing

  // Writes the numbers after the drawing is painted: the gesture itself is seen first.
  let waiting = 0;
  const update = () => {
    if (!parts.stage.scene.content || !parts.stage.scene.counted || waiting) return;
    waiting = setTimeout(() => { waiting = 0; write(); }, WRITE_MS);
  };
  const write = () => {
    const { stage, editor } = parts;
    const { scene } = stage;
    const { content } = scene;
    document.querySelectorAll("#review-tools [data-tool]").forEach((button) => button.classList.toggle("active", button.dataset.tool === editor.tool));
    const { figures, observed, table } = sunspot.side;
    byId("live").replaceChildren(...[figures(scene.counted), observed(scene), sunspot.reviewSide.said(content)].filter(Boolean));
    writeGroups(table);
    byId("spots").replaceChildren(...sunspot.reviewSide.spots(scene, (spot) => editor.show(spot)));
    const { gestures } = editor;
    byId("saved").textContent = !gestures ? "" : gestures.saved ? "saved" : gestures.offline ? `${gestures.pending.length} not saved yet: the server does not answer` : "saving …";
    byId("finish").textContent = content.finished_at ? "Open again" : content.blind ? "Finish reading ⏎" : "Mark as reviewed ⏎";
    banner(content);
    byId("status").textContent = sunspot.reviewSide.status(scene, person);
  };

  // Writes the groups with their types; not while one of the fields is open.
  const writeGroups = (table) => {
    const { editor, stage: { scene } } = parts;
    const list = byId("groups-list");
    const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : "";
    const { cell, summary } = sunspot.groupTypes;
    const shown = scene.content.blind ? [table(scene, (group) => editor.show(group.spots[0]))] : [table(scene, (group) => editor.show(group.spots[0]), cell(editor)), summary(editor, scene)];
    list.replaceChildren(...shown.filter(Boolean));
    if (focused) [...list.querySelectorAll("select")].find((one) => one.getAttribute("aria-label") === focused)?.focus();
  };

  // Changes the tool; a limb that is not saved stays where it was.
  const pick = (name) => { if (parts.editor.tool === "limb") leaveLimb(); parts.editor.use(name); };
  const help = () => document.getElementById("review-open-keys").click();

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    review: {
      // Lists the queue and opens a drawing; the first one if none is chosen.
      show: (key, model, state, first, last, revision, blind) => {
        if (!begin()) return nothing();
        const before = now;
        now = { key, model, state, first, last, revision, blind };
        const { stage, queue } = parts;
        if (!model) { stage.empty("Nothing to review yet. Add drawings on the page Dataset, and run a model on them on Inference."); return nothing(); }
        const listed = ["model", "state", "first", "last", "revision", "blind"].some((name) => before[name] !== now[name]) ? list() : Promise.resolve(queue);
        if (key) queue.mark(key);
        listed.then((found) => {
          if (!found) return;
          if (key) queue.mark(key); // its row is listed now
          else if (queue.rows.length) choose(queue.rows[0].key);
          else stage.empty("Nothing is left to review in this list.");
        });
        banner(stage.scene.content);
        if (key && ["key", "model", "blind"].some((name) => before[name] !== now[name])) open();
        return nothing();
      },
      person: (name) => {
        person = (name || "").trim();
        if (parts && person) note("");
        clearTimeout(naming);
        if (parts && now.blind) naming = setTimeout(() => { if (now.blind) begun(); }, NAMED_MS);
        return nothing();
      },
      layers: (grid, groups, candidates) => {
        if (!begin()) return nothing();
        Object.assign(parts.stage.scene.layers, { grid, groups, candidates });
        parts.stage.draw();
        return nothing();
      },
      tone: (brightness, contrast) => {
        if (!begin()) return nothing();
        const plain = Number(brightness) === 100 && Number(contrast) === 100; // a filter costs time at every frame
        parts.box.style.setProperty("--tone", plain ? "none" : `brightness(${brightness}%) contrast(${contrast}%)`);
        return nothing();
      },
      act: () => {
        if (!begin()) return nothing();
        const button = window.dash_clientside.callback_context.triggered_id;
        if (button === "review-finish") finish();
        if (button === "review-skip") skip();
        if (button === "review-read-blind" && named()) set("blind", { data: true });
        if (button === "review-leave-blind") leave();
        if (button === "review-accept") parts.editor.decide("accept");
        if (button === "review-reject") parts.editor.decide("reject");
        if (button === "review-next") parts.editor.walkOn();
        if (button === "review-accept-all") parts.editor.acceptAbove(Number(byId("above").value));
        return nothing();
      },
      entered: (date, time, east, up, tilt, x, y, radius, observer) => {
        if (!begin() || !parts.stage.scene.content) return nothing();
        const { form, limb, stage } = parts;
        const { circle } = stage.scene;
        const typed = !circle || ["x", "y", "radius"].some((name) => byId(name) === document.activeElement);
        form.entered({ date, time, east, up, tilt, ...(typed ? { x, y, radius } : circle), observer });
        if (circle && typed && radius) { limb.take(form.values); stage.draw(); }
        return nothing();
      },
      correct: () => {
        if (!begin() || !parts.stage.scene.content) return nothing();
        if (window.dash_clientside.callback_context.triggered_id === "review-correct") correct();
        else if (named()) { leaveLimb(); parts.form.discard(); }
        return nothing();
      },
      recolour: () => { if (parts && parts.box.isConnected) requestAnimationFrame(() => parts.stage.recolour()); return nothing(); },
    },
  });

  const decide = (act) => () => parts.editor.decide(act);
  const KEYS = {
    a: decide("accept"), x: decide("reject"), Delete: decide("reject"), Backspace: decide("reject"),
    ArrowRight: () => parts.editor.walkOn(), ArrowLeft: () => parts.editor.next(-1, true),
    v: () => pick("select"), n: () => pick("add"), o: () => pick("outline"), c: () => pick("split"), d: moveLimb,
    l: () => pick("lasso"), m: () => parts.editor.merge(), Enter: finish, s: skip, 0: () => parts.stage.fit(),
    g: () => (parts.stage.scene.selection.size ? pick("group") : note("Select the spots first, then press G and click the group they belong to.")),
    G: () => parts.editor.group(), R: () => parts.editor.group(false),
    t: () => {
      const { only, counted } = parts.stage.scene;
      const group = only && counted.groups?.find((one) => one.spots.includes(only));
      const label = `Zürich type of group ${group?.number}`;
      const field = group && [...byId("groups-list").querySelectorAll("select")].find((one) => one.getAttribute("aria-label") === label);
      if (field) field.focus(); else note("Select a counted spot of the group first, then press T and choose its type.");
    },
    z: () => { const spot = parts.stage.scene.only; if (spot) parts.stage.focus(spot, 4); },
    "+": () => parts.stage.zoom(1), "-": () => parts.stage.zoom(-1), "?": help,
    Escape: () => { parts.editor.select([]); pick("select"); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "review-person") { byId("stage").focus(); return; }
    if (!parts || !parts.box.isConnected || !parts.stage.scene.content || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]):not([type=range]), select, textarea, [role=dialog]")) return;
    const { gestures } = parts.editor;
    if (event.ctrlKey || event.metaKey) {
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      const offered = parts.message.step("Undo"); // of a correction that was just saved
      if (key === "y" || event.shiftKey) gestures?.redo(); else if (offered) offered.click(); else gestures?.undo();
      return;
    }
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    if (event.target.type === "range" && /^(Arrow|Home|End|Page)/.test(event.key)) return; // the slider's own keys
    if (event.repeat && ["Enter", "s"].includes(event.key)) return;
    if (parts.editor.tool === "limb") {
      if (event.key === "Enter") { event.preventDefault(); correct(); return; }
      if (parts.limb.key(event)) { event.preventDefault(); return; }
    }
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); parts.stage.balloon.hidden = true; act(); }
  });
  window.addEventListener("beforeunload", (event) => { if (parts && parts.editor.gestures && !parts.editor.gestures.saved) event.preventDefault(); });
  window.sunspot.reviewing = () => parts; // for the browser's console, and for tests
})();
