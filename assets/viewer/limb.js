// The limb circle of a drawing, moved by its handles or by keys until it is saved. Positions are px of the drawing.
(() => {
  const GRIP = 9; // px of the screen around a handle
  const LEAST = 16; // px, as in services/dataset/corrections.py
  const POINTS = 180;
  const HANDLE = 5; // px of the screen: half the size of a handle
  const STEPS = { ArrowLeft: { x: -1 }, ArrowRight: { x: 1 }, ArrowUp: { y: -1 }, ArrowDown: { y: 1 }, PageUp: { radius: 1 }, PageDown: { radius: -1 } };
  const round = (value) => Math.round(value * 10) / 10;

  class Limb {
    // `moved` is called with the circle at each step, `settled` after a drag or a key.
    constructor(scene, { moved, settled }) { Object.assign(this, { scene, moved, settled }); }

    // Puts the circle in place of the limb.
    take({ x, y, radius }) {
      const { scene } = this;
      scene.circle = { x, y, radius };
      const [[a, b], [c, d]] = scene.content.strain;
      scene.ring = window.sunspot.paint.closed(Array.from({ length: POINTS }, (_, i) => {
        const [u, v] = [Math.cos((2 * Math.PI * i) / POINTS) * radius, Math.sin((2 * Math.PI * i) / POINTS) * radius];
        return [x + a * u + b * v, y + c * u + d * v];
      }));
    }

    drop() { this.scene.circle = this.scene.ring = null; }

    change(values) {
      const { width, height } = this.scene.content;
      const within = (value, least, most) => round(Math.max(least, Math.min(most, value)));
      const { x, y, radius } = { ...this.scene.circle, ...values };
      this.take({ x: within(x, 0, width), y: within(y, 0, height), radius: within(radius, LEAST, Math.max(width, height)) });
      this.moved(this.scene.circle);
    }

    // Returns what a drag from a place does: the centre moves the circle, the edge changes its radius.
    grip([x, y], scale) {
      const { circle } = this.scene;
      if (!circle) return null;
      const distance = Math.hypot(x - circle.x, y - circle.y);
      const end = () => this.settled(this.scene.circle);
      if (distance * scale < GRIP + HANDLE) {
        const { x: left, y: top } = circle;
        return { move: ([u, v]) => this.change({ x: left + u - x, y: top + v - y }), end };
      }
      if (Math.abs(distance - circle.radius) * scale > GRIP) return null;
      const more = circle.radius - distance;
      return { move: ([u, v]) => this.change({ radius: more + Math.hypot(u - circle.x, v - circle.y) }), end };
    }

    // Moves the circle by a key, by 10 px with Shift; returns whether the key does that.
    key(event) {
      const step = STEPS[event.key];
      if (!step || !this.scene.circle) return false;
      const [[name, sign]] = Object.entries(step);
      this.change({ [name]: this.scene.circle[name] + sign * (event.shiftKey ? 10 : 1) });
      this.settled(this.scene.circle);
      return true;
    }

    static paint(context, scale, { circle, ring, colours }) {
      const { paint } = window.sunspot;
      paint.stroke(context, ring, colours.selected, 1.5, scale);
      const { x, y, radius } = circle;
      const size = HANDLE / scale;
      context.fillStyle = colours.selected;
      [[x + radius, y], [x - radius, y], [x, y + radius], [x, y - radius]].forEach(([u, v]) => context.fillRect(u - size, v - size, 2 * size, 2 * size));
      const cross = paint.open([[[x - 3 * size, y], [x + 3 * size, y]], [[x, y - 3 * size], [x, y + 3 * size]]]);
      paint.stroke(context, cross, colours.selected, 2, scale);
    }
  }

  window.sunspot.Limb = Limb;
})();
