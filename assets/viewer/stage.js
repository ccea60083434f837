// The stage: one view of a drawing, three side by side, or two with a dividing line; all show the same part.
(() => {
  const LAYOUTS = { overlay: ["overlay"], original: ["original"], mask: ["mask"], side: ["original", "mask", "overlay"] };
  const { Pane, Scene, counts } = window.sunspot;

  const SPOT_TEXT = (spot, group) => [
    String(spot.number).startsWith("g") ? `added by ${spot.by || "you"}` : `spot ${spot.number} · confidence ${spot.confidence.toFixed(2)}`,
    ...(spot.latitude_deg === null ? [] : [`B ${counts.signed(spot.latitude_deg)}°, L ${spot.longitude_deg.toFixed(1)}°, CMD ${counts.signed(spot.cmd_deg)}°`]),
    `umbral area ${(spot.area_msh || 0).toFixed(1)} MSH, ${spot.area_px.toFixed(0)} px²`,
    `r/R ${spot.radius_fraction.toFixed(3)}, PA ${spot.position_angle_deg.toFixed(1)}°`,
    `x ${spot.x.toFixed(1)}, y ${spot.y.toFixed(1)} px`,
    ...(group ? [`group ${group}`] : []),
  ];

  class Stage {
    // `report(what, details)` is called with every change that the page shows elsewhere.
    constructor(box, report, Kind = Scene) {
      this.box = box;
      this.report = report;
      this.panes = {};
      this.layout = "overlay";
      this.over = "overlay";
      this.share = 50;
      this.asked = 0;
      this.scene = new Kind((what, details) => { this.tip(what, details); this.draw(); report(what, details); });
      this.note = this.add("stage-note");
      this.note.setAttribute("role", "status");
      this.balloon = this.add("stage-tip");
      this.balloon.hidden = true;
      this.line = this.add("stage-line");
      this.arrange();
    }

    add(name) {
      const made = document.createElement("div");
      made.className = name;
      this.box.append(made);
      return made;
    }

    get kinds() { return LAYOUTS[this.layout] || ["original", this.over]; }
    get shown() { return this.kinds.map((kind) => this.panes[kind]).filter(Boolean); }

    // Opens a drawing: its data, then its picture. Of several calls the last one counts.
    async open(address) {
      const asked = ++this.asked;
      this.box.dataset.state = "loading";
      this.note.textContent = "";
      try {
        const content = await this.fetched(address, () => asked === this.asked);
        if (asked !== this.asked) return null;
        this.scene.take(content);
        this.arrange();
        if (content.ran && content.groups !== undefined) this.scene.count(content.threshold);
        this.report("opened", content);
        await Promise.all(this.shown.map((pane) => pane.load()));
        if (asked !== this.asked) return null;
        this.box.dataset.state = "ready";
        this.box.setAttribute("aria-label", `Drawing ${content.name}`);
        this.draw();
        return content;
      } catch (error) {
        if (asked === this.asked) this.fail(error.message);
        return null;
      }
    }

    // Fetches JSON; waits while the server is busy.
    async fetched(address, wanted = () => true) {
      for (;;) {
        const answer = await fetch(sunspot.url(address));
        if (answer.ok) return answer.json();
        if (answer.status !== 503 || !wanted()) throw new Error((await answer.text()) || "The server cannot show this drawing.");
        this.note.textContent = "The server is busy; the drawing follows …";
        await new Promise((resolve) => setTimeout(resolve, 1000 * (Number(answer.headers.get("Retry-After")) || 2)));
      }
    }

    fail(text) {
      this.box.dataset.state = "failed";
      this.note.textContent = text;
    }

    empty(text) {
      this.asked += 1;
      this.box.dataset.state = "empty";
      this.note.textContent = text;
    }

    arrange() {
      const kinds = this.kinds;
      this.box.dataset.layout = LAYOUTS[this.layout] ? (kinds.length > 1 ? "side" : "one") : "swipe";
      kinds.forEach((kind) => { this.panes[kind] ||= new Pane(this.box, kind, this.scene, (pane) => this.follow(pane)); });
      Object.entries(this.panes).forEach(([kind, pane]) => {
        pane.box.hidden = !kinds.includes(kind);
        pane.box.style.order = kinds.indexOf(kind);
        const cut = this.layout === "swipe" && kind === this.over;
        pane.box.style.clipPath = cut ? `inset(0 0 0 ${this.share}%)` : "";
        pane.box.style.zIndex = cut ? 2 : 1;
      });
      this.line.hidden = this.layout !== "swipe";
      this.line.style.left = `${this.share}%`;
      if (!this.scene.content) return;
      const first = this.last && this.last.map._loaded ? this.last : null;
      this.shown.forEach((pane) => {
        pane.resized();
        pane.load().then(() => {
          if (first && first !== pane && !first.fitted) pane.follow(first);
          pane.draw();
        });
      });
    }

    follow(source) {
      this.last = source;
      this.shown.forEach((pane) => { if (pane !== source && pane.map._loaded) pane.follow(source); });
    }

    fit() {
      const [first] = this.shown;
      const what = first && first.fitted === "disk" ? "page" : "disk";
      this.shown.forEach((pane) => pane.fit(what));
    }

    zoom(steps) {
      this.balloon.hidden = true;
      const [pane] = this.shown;
      if (!pane || !pane.map._loaded) return;
      pane.fitted = "";
      pane.map.setZoom(pane.map.getZoom() + steps, { animate: false });
    }

    focus(spot, scale = 2) {
      this.balloon.hidden = true;
      const [pane] = this.shown;
      if (pane) pane.focus(spot.x, spot.y, Math.max(scale, pane.scale));
    }

    count(threshold) {
      if (!this.scene.content || !this.scene.content.ran) return;
      this.scene.count(threshold);
      this.draw();
    }

    recolour() {
      this.scene.recolour();
      this.draw();
    }

    draw() {
      if (this.waiting) return;
      this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.shown.forEach((pane) => pane.draw()); });
    }

    tip(what, { pane, screen, spot }) {
      if (what !== "hovered") return;
      this.balloon.hidden = !spot;
      if (!spot) return;
      const index = this.scene.counted.spots.indexOf(spot);
      this.balloon.replaceChildren(...SPOT_TEXT(spot, this.scene.counted.group[index]).map((text) => {
        const line = document.createElement("div");
        line.textContent = text;
        return line;
      }));
      const [x, y] = [pane.box.offsetLeft + screen.x, pane.box.offsetTop + screen.y];
      const left = x + 16 + this.balloon.offsetWidth > this.box.clientWidth ? x - 16 - this.balloon.offsetWidth : x + 16;
      this.balloon.style.left = `${Math.max(0, left)}px`;
      this.balloon.style.top = `${Math.min(y + 12, this.box.clientHeight - this.balloon.offsetHeight - 4)}px`;
    }
  }

  Object.assign(window.sunspot, { Stage, spotText: SPOT_TEXT });
})();
