// The tools of the page Review: what a click, a drag or a key does to the spots of a drawing.
(() => {
  const DRAGS = ["outline", "split", "lasso"];
  const GRIP = 7; // px of the screen around a corner of an outline
  const SEEN = 1.5; // px of the screen per px of the drawing at which a spot can be judged
  const CLOSE = 3; // the scale to which the view zooms for one spot
  const shapes = () => window.sunspot.shapes;
  const decided = (spot) => window.sunspot.ReviewScene.isDecided(spot);

  class Editor {
    // `page` has note(text), changed(), named(): whether the person has a name, limb: the tool that moves the limb.
    constructor(stage, page) {
      Object.assign(this, { stage, page, tool: "select", walk: [] });
      this.scene = stage.scene;
      const pane = stage.panes.overlay;
      this.pane = pane;
      pane.map.doubleClickZoom.disable();
      pane.box.addEventListener("pointerdown", (event) => this.down(event), true);
      pane.box.addEventListener("pointermove", (event) => this.move(event), true);
      pane.box.addEventListener("pointerup", (event) => this.up(event), true);
      pane.map.on("click", (event) => { if (!this.dragged) this.click([event.latlng.lng, -event.latlng.lat], event.originalEvent); });
    }

    // Takes over the gestures of the drawing that was opened.
    open(gestures) {
      this.gestures = gestures;
      this.walk = this.scene.doubtful.map((spot) => spot.number);
    }

    use(tool) {
      this.tool = tool;
      const { dragging } = this.pane.map;
      if (DRAGS.includes(tool)) dragging.disable(); else dragging.enable();
      this.pane.box.dataset.tool = tool;
      this.scene.trail = null;
      this.stage.draw();
      this.page.changed();
    }

    at(event) {
      const box = this.pane.box.getBoundingClientRect();
      const { lng, lat } = this.pane.map.containerPointToLatLng([event.clientX - box.left, event.clientY - box.top]);
      return [lng, -lat];
    }

    down(event) {
      if (event.button !== 0 || !this.gestures) return;
      const at = this.at(event);
      if (DRAGS.includes(this.tool)) this.scene.trail = [at];
      else if (this.tool === "select") this.grip = this.corner(at);
      else if (this.tool === "limb") this.grip = this.page.limb.grip(at, this.pane.scale);
      if (this.grip || this.scene.trail) {
        this.pane.map.dragging.disable();
        this.pane.box.setPointerCapture(event.pointerId);
        event.stopPropagation();
      }
    }

    // Returns what a drag of the corner of the selected outline under the pointer does.
    corner([x, y]) {
      const spot = this.scene.only;
      const { scale } = this.pane;
      if (!spot || scale < SEEN) return null;
      const index = spot.outline.findIndex(([px, py]) => Math.hypot(px - x, py - y) * scale < GRIP);
      if (index < 0) return null;
      const outline = spot.outline.map((point) => [...point]);
      let moved = false;
      return {
        move: (to) => {
          outline[index] = to;
          moved = true;
          this.scene.paths.set(spot.number, window.sunspot.paint.closed(outline));
        },
        end: (event) => { if (moved) this.redraw(spot, outline); else this.click(this.at(event), event); },
      };
    }

    move(event) {
      const { grip, scene } = this;
      if (!grip && !scene.trail) return;
      event.stopPropagation();
      if (scene.trail) scene.trail.push(this.at(event));
      if (grip) grip.move(this.at(event));
      this.stage.draw();
    }

    up(event) {
      const { grip, scene } = this;
      if (!grip && !scene.trail) return;
      event.stopPropagation();
      const trail = scene.trail;
      this.dragged = true; // the browser reports a click, too
      setTimeout(() => { this.dragged = false; });
      this.grip = scene.trail = null;
      if (!DRAGS.includes(this.tool)) this.pane.map.dragging.enable();
      if (grip) grip.end(event);
      if (trail) this.drawn(trail, event);
      this.stage.draw();
    }

    drawn(trail, event) {
      const line = shapes().thinned(trail, 2 / this.pane.scale);
      if (this.tool === "split") this.split(trail[0], trail[trail.length - 1]);
      else if (line.length < 3) this.click(trail[0], event);
      else if (this.tool === "lasso") this.lasso(line, event.shiftKey);
      else if (this.scene.only) this.redraw(this.scene.only, line);
      else this.add(line);
    }

    click(at, event = {}) {
      if (!this.gestures || this.tool === "limb") return;
      const spot = this.scene.near(this.pane, at);
      if (this.tool === "add" && !(spot && spot.state !== "candidate" && spot.state !== "rejected")) { this.addAt(at); return; }
      if (this.tool === "group" && this.scene.selection.size) {
        const target = spot || this.scene.groupAt(this.pane, at)?.spots[0];
        if (target) this.join(target); else this.page.note("Click a spot, an outline or a number of the group.");
        return;
      }
      if (this.tool === "add" && spot) this.page.note("This spot is counted already: correct its outline instead.");
      this.select(spot ? [spot] : [], event.shiftKey);
    }

    select(spots, more = false) {
      const { selection } = this.scene;
      if (!more) selection.clear();
      spots.forEach((spot) => { if (more && spots.length === 1 && selection.has(spot.number)) selection.delete(spot.number); else selection.add(spot.number); });
      this.stage.draw();
      this.page.changed();
    }

    // Whether the person has a name, and no blind reading that is finished.
    allowed() {
      const { blind, finished_at: finished } = this.scene.content;
      if (blind && finished) this.page.note("Your blind reading is finished: open it again to change it.");
      return this.page.named() && !(blind && finished);
    }

    // Records a gesture, if it is allowed.
    record(act, details) {
      if (!this.allowed()) return null;
      const reviewed = this.scene.content.finished_at;
      this.page.note(reviewed ? "This drawing is reviewed; the change counts at once." : "");
      return this.gestures.act(act, details);
    }

    // Records a gesture on spots that changes the same in all of them.
    onSpots(act, spots, change, text = "") {
      return this.record(act, { text, keys: spots.map((spot) => spot.number), spots: spots.map((spot) => ({ ...spot, ...change })) });
    }

    // Selects the next undecided spot of the walk, or, if there is none, the next decided one.
    walkOn() { return this.next(1) || this.next(1, true); }

    // Selects the next undecided spot of the walk; `any` also stops at decided ones.
    next(steps, any = false) {
      const { walk, scene } = this;
      const from = walk.indexOf([...scene.selection][0]);
      for (let i = 1; i <= walk.length; i += 1) {
        const place = from < 0 && steps < 0 ? walk.length - i : from + i * steps;
        const spot = scene.spot(walk[(place + 2 * walk.length) % walk.length]);
        if (spot && (any || !decided(spot))) { this.show(spot); return true; }
      }
      return false;
    }

    show(spot) {
      const { map } = this.pane;
      const inside = map.getBounds().pad(-0.1).contains([-spot.y, spot.x]);
      if (!inside || this.pane.scale < SEEN) this.stage.focus(spot, CLOSE);
      this.select([spot]);
    }

    decide(act) {
      const spots = this.scene.chosen;
      if (!spots.length) { this.page.note("Select a spot first: click it, or press →."); return; }
      const state = act === "accept" ? "accepted" : "rejected";
      if (!this.onSpots(act, spots, { state })) return;
      if (spots.length === 1 && !this.next(1) && !this.scene.undecided) this.page.note("Every spot is decided: Enter marks the drawing as reviewed.");
    }

    // Accepts every detection of the model at or above a confidence.
    acceptAbove(threshold) {
      const spots = this.scene.content.spots.filter((spot) => !decided(spot) && spot.confidence >= threshold);
      if (!spots.length) { this.page.note("No undecided spot is that sure."); return; }
      this.onSpots("accept", spots, { state: "accepted" });
    }

    lasso(line, more) {
      this.select(this.scene.counted.spots.filter((spot) => shapes().contains(line, [spot.x, spot.y])), more);
      const n = this.scene.selection.size;
      this.page.note(n ? `${n} ${n === 1 ? "spot" : "spots"} selected: A accepts, X rejects, M merges, G groups.` : "No spot is inside the line.");
    }

    made(number, outline, like = {}) {
      const { area, x, y } = shapes().centre(outline);
      const place = { latitude_deg: null, longitude_deg: null, cmd_deg: null, area_msh: null, radius_fraction: 0, position_angle_deg: 0 };
      return { ...place, group: 0, chosen: "", confidence: 1, ...like, number, outline, x, y, area_px: area, state: "accepted" };
    }

    redraw(spot, line) {
      const outline = shapes().rounded(line);
      this.record("redraw", { keys: [spot.number], outlines: [outline], spots: [this.made(spot.number, outline, spot)] });
    }

    add(line) {
      const outline = shapes().rounded(line);
      const id = window.sunspot.gestureId();
      if (this.record("add", { id, outlines: [outline], spots: [this.made(id, outline)] })) this.select([this.scene.spot(id)]);
    }

    // Adds the spot that a click means; a small circle stands for it until the server has found its outline.
    async addAt([x, y]) {
      if (!this.allowed()) return;
      const { scene, gestures } = this;
      const r = 4 / this.pane.scale;
      const circle = Array.from({ length: 12 }, (_, i) => [x + r * Math.cos((i * Math.PI) / 6), y + r * Math.sin((i * Math.PI) / 6)]);
      const waiting = window.sunspot.gestureId();
      scene.change([{ ...this.made(waiting, circle), unsaved: true }]);
      this.stage.draw();
      await gestures.flushed();
      const { key, model, blind } = scene.content;
      const reader = blind ? gestures.person() : "";
      const answer = await fetch(sunspot.url(`/drawings/${key}/spot`), {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ model, x, y, reader }),
      }).catch(() => null);
      const found = answer ? await answer.json().catch(() => ({})) : {};
      if (gestures !== this.gestures) return; // another drawing is open
      scene.change([{ number: waiting, outline: null }]);
      const spot = found.key && scene.spot(found.key);
      if (spot) {
        this.onSpots("accept", [spot], { state: "accepted" });
        this.select([scene.spot(spot.number)]);
      } else if (found.outline) this.add(found.outline);
      else this.page.note(found.reason ? `Not added: ${found.reason}.` : "Not added: the server does not answer. Try again.");
      this.stage.draw();
      this.page.changed();
    }

    split(a, b) {
      const chosen = this.scene.only;
      const spots = chosen ? [chosen] : this.scene.visible;
      for (const spot of spots) {
        const parts = shapes().cut(spot.outline, a, b);
        if (parts) {
          const id = window.sunspot.gestureId();
          const outlines = parts.map(shapes().rounded);
          const made = outlines.map((outline, i) => this.made(`${id}.${i + 1}`, outline, { group: spot.group, chosen: spot.chosen }));
          this.record("split", { id, keys: [spot.number], outlines, spots: [{ number: spot.number, outline: null }, ...made] });
          return;
        }
      }
      this.page.note("The line crosses no spot: drag it from one side of a spot to the other.");
    }

    merge() {
      const spots = this.scene.chosen;
      if (spots.length < 2) { this.page.note("Select two or more spots first: Shift and click, or the lasso."); return; }
      const outline = shapes().rounded(window.sunspot.paint.hull(spots.flatMap((spot) => spot.outline)));
      const id = window.sunspot.gestureId();
      const gone = spots.map((spot) => ({ number: spot.number, outline: null }));
      if (this.record("merge", { id, keys: spots.map((spot) => spot.number), outlines: [outline], spots: [...gone, this.made(id, outline, { group: spots[0].group, chosen: spots[0].chosen })] }))
        this.select([this.scene.spot(id)]);
    }

    // Puts the selected spots into a group of their own, or back to the rule.
    group(own = true) {
      const spots = this.scene.chosen;
      if (!spots.length) { this.page.note("Select the spots of the group first: Shift and click, or the lasso."); return; }
      const text = own ? window.sunspot.gestureId() : "";
      const number = own ? Math.max(0, ...this.scene.content.spots.map((spot) => spot.group)) + 1 : 0;
      this.onSpots("group", spots, { group: number, chosen: text }, text);
    }

    // Notes types or numbers of a group; those that are noted already stay.
    describe(group, changes) {
      const note = { ...window.sunspot.groupTypes.noteOf(group), ...changes };
      const text = Object.values(note).some(Boolean) ? JSON.stringify(Object.fromEntries(Object.entries(note).filter(([, value]) => value))) : "";
      this.onSpots("describe", group.spots, { note: text }, text);
    }

    // Moves the selected spots into the group of another spot.
    join(target) {
      const text = target.chosen || window.sunspot.gestureId();
      const members = target.chosen ? [] : this.scene.content.spots.filter((spot) => spot.group && spot.group === target.group);
      const spots = [...new Set([...members, ...this.scene.chosen, target])];
      this.onSpots("group", spots, { group: target.group, chosen: text }, text);
      this.use("select");
    }
  }

  window.sunspot.Editor = Editor;
})();
