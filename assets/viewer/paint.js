// Paints the parts of a drawing on a canvas: spots, limb, grid and groups. Positions are px of the drawing, and the
// context is scaled to them; widths are px of the screen.
(() => {
  const LABEL = { font: "12px system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif", height: 18, gap: 4 };
  const PAD = 0.025; // around a group, in solar radii

  const closed = (points) => {
    const path = new Path2D();
    points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
    path.closePath();
    return path;
  };
  const open = (lines) => {
    const path = new Path2D();
    lines.forEach((points) => points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y))));
    return path;
  };

  // Returns the convex hull of points (Andrew's monotone chain).
  const hull = (points) => {
    const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const half = (ordered) => {
      const chain = [];
      for (const p of ordered) {
        for (let n = chain.length; n > 1; n = chain.length) {
          const [a, b] = [chain[n - 2], chain[n - 1]];
          if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
          chain.pop();
        }
        chain.push(p);
      }
      return chain.slice(0, -1);
    };
    return [...half(sorted), ...half(sorted.reverse())];
  };
  const CORNERS = Array.from({ length: 16 }, (_, i) => [Math.cos((i * Math.PI) / 8), Math.sin((i * Math.PI) / 8)]);
  const padded = (points, pad) => hull(hull(points).flatMap(([x, y]) => CORNERS.map(([c, s]) => [x + pad * c, y + pad * s])));

  // Returns the outline of a group with space around its spots.
  const groupOutline = (spots, radius) =>
    padded(spots.flatMap((spot) => (spot.outline.length ? spot.outline : [[spot.x, spot.y]])), PAD * radius);

  const stroke = (context, path, colour, width, scale, dash = []) => {
    context.strokeStyle = colour;
    context.lineWidth = width / scale;
    context.setLineDash(dash.map((length) => length / scale));
    context.stroke(path);
    context.setLineDash([]);
  };

  const overlap = (a, b) =>
    Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y));

  // Paints labels beside boxes, both in px of the screen, where they cover the least of the others; returns their boxes.
  const labels = (context, wanted, size, colours) => {
    context.font = LABEL.font;
    const taken = wanted.map((one) => one.box);
    const screen = { x: 0, y: 0, w: size[0], h: size[1] };
    return wanted.map(({ text, box }) => {
      const [w, h, gap] = [context.measureText(text).width + 10, LABEL.height, LABEL.gap];
      const [x, y] = [box.x + box.w / 2 - w / 2, box.y + box.h / 2 - h / 2];
      const places = [[x, box.y - gap - h], [x, box.y + box.h + gap], [box.x + box.w + gap, y], [box.x - gap - w, y]];
      const cost = (one) => taken.reduce((sum, other) => sum + overlap(one, other), 0) + w * h - overlap(one, screen);
      const boxes = places.map(([left, top]) => ({ x: left, y: top, w, h }));
      const best = boxes.reduce((a, b) => (cost(b) < cost(a) ? b : a));
      taken.push(best);
      context.fillStyle = colours.surface;
      context.globalAlpha = 0.88;
      context.fillRect(best.x, best.y, w, h);
      context.globalAlpha = 1;
      context.strokeStyle = colours.group;
      context.lineWidth = 1;
      context.strokeRect(best.x + 0.5, best.y + 0.5, w - 1, h - 1);
      context.fillStyle = colours.ink;
      context.textBaseline = "middle";
      context.fillText(text, best.x + 5, best.y + h / 2 + 0.5);
      return best;
    });
  };

  // Returns the colours of the tokens in the theme of the page.
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    const names = ["surface", "ink", "detection", "limb", "grid", "group", "selected", "hit", "miss", "false-alarm", "reference", "paper"];
    return Object.fromEntries(names.map((name) => [name, read(name)]));
  };

  window.sunspot = Object.assign(window.sunspot || {}, { paint: { hull, closed, open, groupOutline, stroke, labels, colours } });
})();
