// What the views of a drawing show: the drawing, the threshold, the layers, and the spot under the pointer.
(() => {
  const REACH = 9; // px of the screen around the pointer within which a spot is found
  const LINE = 1.5; // px of the screen
  const { counts, paint } = window.sunspot;

  class Scene {
    // `changed` is called after another spot was pointed at or selected.
    constructor(changed) {
      this.changed = changed;
      this.layers = { grid: true, groups: true, onMask: false, truth: false };
      this.selected = this.hovered = null;
      this.paths = new Map();
      this.recolour();
    }

    // Lets the server prepare the scan itself, once for each drawing; resolves to whether it is ready.
    scan() {
      const { key } = this.content;
      if (this.prepared?.key !== key) {
        const ready = fetch(sunspot.url(`/drawings/${key}/grey`), { method: "POST" }).then((answer) => answer.ok).catch(() => false);
        this.prepared = { key, ready };
        ready.then((ok) => { if (!ok && this.prepared?.key === key) this.prepared = null; });
      }
      return this.prepared.ready;
    }

    recolour() { this.colours = paint.colours(); }

    // Takes another drawing; its counts follow with `count`.
    take(content) {
      this.content = content;
      this.truth = null;
      this.paths = new Map((content.spots || []).map((spot) => [spot.number, paint.closed(spot.outline)]));
      this.limb = content.limb && paint.closed(content.limb);
      this.grid = content.grid && { fine: paint.open(content.grid.fine), strong: paint.open(content.grid.strong) };
      this.selected = this.hovered = this.counted = null;
    }

    count(threshold) {
      // The slider has two decimals, the model's threshold may have more.
      const own = this.content.threshold;
      this.atModel = threshold.toFixed(2) === own.toFixed(2);
      this.threshold = this.atModel ? own : threshold;
      this.counted = counts.at(this.content, this.threshold);
      this.outlines = (this.counted.groups || []).map((group) => ({
        group, points: paint.groupOutline(group.spots, this.content.radius),
      }));
      this.judge();
    }

    // Sorts labels and spots into hits, misses and false alarms.
    judge() {
      if (!this.truth || !this.counted) { this.judged = null; return; }
      const hit = counts.step(this.truth.hits, this.threshold);
      const found = new Set(hit.filter((label) => label >= 0));
      this.judged = {
        hits: new Set(this.counted.spots.filter((_, i) => hit[i] >= 0).map((spot) => spot.number)),
        misses: this.truth.labels.filter((_, label) => !found.has(label)),
      };
      const [tp, spots, labels] = [found.size, this.counted.spots.length, this.truth.labels.length];
      this.judged.text = { tp, misses: labels - tp, falseAlarms: spots - tp, f1: spots + labels ? (2 * tp) / (spots + labels) : null };
    }

    // The spots that can be pointed at.
    get visible() { return this.counted ? this.counted.spots : []; }

    near(pane, [x, y]) {
      const reach = REACH / pane.scale;
      let best = null;
      let least = Infinity;
      this.visible.forEach((spot) => {
        const distance = Math.hypot(spot.x - x, spot.y - y) - Math.sqrt(spot.area_px / Math.PI);
        if (distance < least && distance < reach) { best = spot; least = distance; }
      });
      return best;
    }

    pointed(pane, at, screen) {
      const spot = at && pane.kind !== "original" ? this.near(pane, at) : null;
      if (spot !== this.hovered || spot) { this.hovered = spot; this.changed("hovered", { pane, screen, spot }); }
    }

    clicked(pane, at) {
      if (pane.kind === "original") return;
      this.select(this.near(pane, at));
    }

    select(spot) {
      this.selected = spot;
      this.changed("selected", { spot });
    }

    // Darkens the paper, in dark mode.
    dim(context) {
      if (this.colours.paper === "1") return;
      context.fillStyle = `rgba(0, 0, 0, ${1 - Number(this.colours.paper)})`;
      context.fillRect(0, 0, this.content.width, this.content.height);
    }

    paintGrid(context, scale) {
      context.globalAlpha = 0.5;
      paint.stroke(context, this.grid.fine, this.colours.grid, 0.8, scale);
      context.globalAlpha = 0.9;
      paint.stroke(context, this.grid.strong, this.colours.grid, 1.4, scale);
      context.globalAlpha = 1;
    }

    paintRing(context, spot, scale, width, dash = []) {
      const ring = new Path2D();
      ring.arc(spot.x, spot.y, Math.max(16 / scale, Math.sqrt(spot.area_px / Math.PI) * 1.6), 0, 7);
      paint.stroke(context, ring, this.colours.selected, width, scale, dash);
    }

    // Paints in px of the drawing.
    paint(pane, context, scale) {
      const { content, colours, layers } = this;
      if (pane.kind === "mask") {
        context.fillStyle = "#000";
        context.fillRect(0, 0, content.width, content.height);
      } else this.dim(context);
      if (pane.kind === "original" || !this.counted) return;
      const over = pane.kind === "overlay";
      if (over && this.limb) paint.stroke(context, this.limb, colours.limb, 1, scale, [2, 3]);
      if (layers.grid && this.grid && (over || layers.onMask)) this.paintGrid(context, scale);
      const judged = over && layers.truth ? this.judged : null;
      if (judged) judged.misses.forEach((label) => {
        const path = paint.closed(label.outline);
        context.fillStyle = `${colours.miss}40`;
        context.fill(path);
        paint.stroke(context, path, colours.miss, LINE + 0.5, scale, [4, 2]);
      });
      this.counted.spots.forEach((spot) => {
        const path = this.paths.get(spot.number);
        const found = judged ? (judged.hits.has(spot.number) ? colours.hit : colours["false-alarm"]) : colours.detection;
        context.fillStyle = over ? `${found}40` : "#fff";
        context.fill(path);
        paint.stroke(context, path, over ? found : "#fff", over ? LINE : 0.5, scale);
      });
      if (layers.groups && (over || layers.onMask))
        this.outlines.forEach(({ points }) => paint.stroke(context, paint.closed(points), colours.group, 1.2, scale));
      [this.hovered, this.selected].forEach((spot) => {
        if (!spot || !this.paths.has(spot.number)) return;
        paint.stroke(context, this.paths.get(spot.number), colours.selected, 2.5, scale);
        if (spot === this.selected) this.paintRing(context, spot, scale, 2);
      });
    }

    // Writes in px of the screen.
    write(pane, context, size, place) {
      const { content, layers } = this;
      if (pane.kind === "original" || !this.counted) return;
      if (pane.kind === "mask" && !layers.onMask) return;
      if (layers.grid && content.grid) {
        context.strokeStyle = context.fillStyle = this.colours.grid;
        context.lineWidth = 1.4;
        context.font = "bold 14px system-ui, sans-serif";
        content.grid.poles.forEach((pole) => {
          const [x, y] = place([pole.x, pole.y]);
          context.beginPath();
          context.arc(x, y, 3.5, 0, 7);
          if (pole.visible) context.fill();
          context.stroke();
          context.fillText(pole.north ? "N" : "S", x + 6, y - 8);
        });
        const ends = content.grid.ends.map(([name, ...end]) => [name, ...place(end)]).sort((a, b) => a[1] - b[1]);
        ends.forEach(([name, x, y], i) => context.fillText(name, x + (i ? 8 : -18), y + 5)); // left and right of the disk
      }
      if (layers.groups && this.outlines.length) {
        const short = size[0] < 480;
        const wanted = this.outlines.map(({ group, points }) => {
          const seen = points.map(place);
          const [xs, ys] = [0, 1].map((axis) => seen.map((point) => point[axis]));
          const box = { x: Math.min(...xs), y: Math.min(...ys) };
          const n = group.spots.length;
          return { box: { ...box, w: Math.max(...xs) - box.x, h: Math.max(...ys) - box.y }, text: short ? `${group.number}` : `${group.number} · ${n} ${n === 1 ? "spot" : "spots"}` };
        });
        const boxes = paint.labels(context, wanted, size, this.colours);
        this.labelled = boxes.map((box, i) => ({ box, group: this.outlines[i].group }));
      }
    }
  }

  window.sunspot.Scene = Scene;
})();
