// A drawing under review: every spot with its state, the selection, and the gestures that are not saved yet.
(() => {
  const { Limb, Scene, counts, paint } = window.sunspot;
  const COUNTED = ["found", "accepted"];
  const UNDECIDED = ["found", "candidate"];
  const CROSS = 4; // px of the screen: half the size of the mark on a rejected spot

  class ReviewScene extends Scene {
    static isDecided(spot) { return !UNDECIDED.includes(spot.state); }

    constructor(changed) {
      super(changed);
      Object.assign(this.layers, { candidates: true });
      this.selection = new Set();
      this.trail = null; // of the pointer while a line is drawn, px of the drawing
      this.circle = this.ring = null; // of the limb while it is moved
    }

    take(content) {
      super.take(content);
      this.outlines = [];
      this.selection = new Set();
      this.trail = this.circle = this.ring = null;
      this.count();
    }

    // Takes the same drawing as the server has it now; the selection stays.
    renew(content) {
      const keys = this.selection;
      const { hovered } = this;
      super.take(content);
      this.selection = new Set([...keys].filter((key) => this.spot(key)));
      this.hovered = hovered && this.spot(hovered.number);
      this.count();
    }

    spot(key) { return this.content.spots.find((spot) => spot.number === key); }
    get chosen() { return [...this.selection].map((key) => this.spot(key)).filter(Boolean); }
    get only() { return this.selection.size === 1 ? this.chosen[0] : null; }

    // Counts spots and groups; a spot that was just added has no group before the server has answered.
    count() {
      const spots = this.content.spots.filter((spot) => COUNTED.includes(spot.state));
      this.counted = counts.of(spots, spots.map((spot) => spot.group), Boolean(this.content.grid));
      const before = new Map((this.outlines || []).map((one) => [one.members, one]));
      this.outlines = (this.counted.groups || []).map((group) => {
        const members = group.spots.map((spot) => `${spot.number} ${spot.area_px}`).join();
        const points = before.get(members)?.points || paint.groupOutline(group.spots, this.content.radius);
        return { group, members, points };
      });
    }

    // Puts new or changed spots in place of those with the same key; without an outline a spot is removed.
    change(spots) {
      spots.forEach((spot) => {
        this.content.spots = this.content.spots.filter((one) => one.number !== spot.number);
        if (!spot.outline) { this.paths.delete(spot.number); this.selection.delete(spot.number); return; }
        this.content.spots.push(spot);
        this.paths.set(spot.number, paint.closed(spot.outline));
      });
      this.count();
    }

    get visible() { return this.content.spots.filter((spot) => this.layers.candidates || spot.state !== "candidate"); }

    // Returns the group whose label or outline is at a place.
    groupAt(pane, at) {
      const { x, y } = pane.map.latLngToContainerPoint([-at[1], at[0]]);
      const label = (this.labelled || []).find(({ box }) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h);
      const { contains } = window.sunspot.shapes;
      return label ? label.group : this.outlines.find(({ points }) => contains(points, at))?.group;
    }

    // The number of counted spots that nobody has decided on.
    get undecided() { return this.content.spots.filter((spot) => spot.state === "found").length; }

    // Undecided spots, those nearest to the threshold first.
    get doubtful() {
      const { threshold } = this.content;
      return this.content.spots.filter((spot) => UNDECIDED.includes(spot.state))
        .sort((a, b) => Math.abs(a.confidence - threshold) - Math.abs(b.confidence - threshold));
    }

    paint(pane, context, scale) {
      const { colours, layers } = this;
      this.dim(context);
      if (this.limb && !this.circle) paint.stroke(context, this.limb, colours.limb, 1, scale, [2, 3]);
      // Grid and groups belong to the limb before: they are hidden while it moves.
      if (layers.grid && this.grid && !this.circle) this.paintGrid(context, scale);
      if (layers.groups && !this.circle) this.outlines.forEach(({ points }) => paint.stroke(context, paint.closed(points), colours.group, 1.2, scale));
      this.visible.forEach((spot) => this.paintSpot(context, spot, scale));
      this.chosen.forEach((spot) => paint.stroke(context, this.paths.get(spot.number), colours.selected, 2.5, scale));
      if (this.hovered && this.paths.has(this.hovered.number)) paint.stroke(context, this.paths.get(this.hovered.number), colours.selected, 1.5, scale);
      if (this.only) {
        const spot = this.only;
        this.paintRing(context, spot, scale, 1.5, [4, 3]);
        if (scale >= 1.5) spot.outline.forEach(([x, y]) => {
          context.fillStyle = colours.selected;
          context.fillRect(x - 2 / scale, y - 2 / scale, 4 / scale, 4 / scale);
        });
      }
      if (this.circle) Limb.paint(context, scale, this);
      if (this.trail && this.trail.length > 1) paint.stroke(context, paint.open([this.trail]), colours.selected, 1.5, scale, [4, 2]);
    }

    write(...given) { if (!this.circle) super.write(...given); }

    paintSpot(context, spot, scale) {
      const { colours } = this;
      const path = this.paths.get(spot.number);
      const saved = spot.unsaved ? [2, 2] : [];
      if (spot.state === "candidate") {
        paint.stroke(context, path, colours.reference, 1, scale, [2, 2]);
      } else if (spot.state === "rejected") {
        const size = CROSS / scale;
        const cross = paint.open([[[spot.x - size, spot.y - size], [spot.x + size, spot.y + size]], [[spot.x - size, spot.y + size], [spot.x + size, spot.y - size]]]);
        paint.stroke(context, cross, colours.miss, 1.5, scale, saved);
      } else {
        const sure = spot.state === "accepted";
        context.fillStyle = colours.detection + (sure ? "66" : "33");
        context.fill(path);
        paint.stroke(context, path, colours.detection, sure ? 2.2 : 1.2, scale, saved);
      }
    }

    clicked() { /* the editor decides what a click means */ }
  }

  window.sunspot.ReviewScene = ReviewScene;
})();
