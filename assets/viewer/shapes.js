// Geometry of outlines, px of the drawing.
(() => {
  // Returns area, and centre of mass, of a polygon.
  const centre = (points) => {
    let [area, x, y] = [0, 0, 0];
    points.forEach(([x0, y0], i) => {
      const [x1, y1] = points[(i + 1) % points.length];
      const cross = x0 * y1 - x1 * y0;
      area += cross / 2;
      x += ((x0 + x1) * cross) / 6;
      y += ((y0 + y1) * cross) / 6;
    });
    if (Math.abs(area) < 1e-6) return { area: 0, x: points[0][0], y: points[0][1] };
    return { area: Math.abs(area), x: x / area, y: y / area };
  };

  const contains = (points, [x, y]) => points.reduce((inside, [x0, y0], i) => {
    const [x1, y1] = points[(i + 1) % points.length];
    return y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0 ? !inside : inside;
  }, false);

  // Returns the part of a polygon at the left of the line from a to b.
  const left = (points, a, b) => {
    const side = ([x, y]) => (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
    return points.flatMap((p, i) => {
      const q = points[(i + 1) % points.length];
      const [s, t] = [side(p), side(q)];
      const cut = s * t < 0 ? [[p[0] + ((q[0] - p[0]) * s) / (s - t), p[1] + ((q[1] - p[1]) * s) / (s - t)]] : [];
      return s >= 0 ? [p, ...cut] : cut;
    });
  };

  // Returns how often the stroke from a to b crosses the outline of a polygon.
  const crossings = (points, a, b) => {
    const side = (p, q, r) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
    return points.filter((p, i) => {
      const q = points[(i + 1) % points.length];
      return side(a, b, p) !== side(a, b, q) && side(p, q, a) !== side(p, q, b);
    }).length;
  };

  // Returns the two parts of a polygon on both sides of a stroke, or null if the stroke does not cross it.
  const cut = (points, a, b) => {
    if (crossings(points, a, b) < 2) return null;
    const parts = [left(points, a, b), left(points, b, a)];
    return parts.every((part) => part.length >= 3 && centre(part).area > 0.5) ? parts : null;
  };

  // Returns a line with fewer points, none of which is nearer than `least` to the one before.
  const thinned = (points, least) => points.reduce((kept, point) => {
    const last = kept[kept.length - 1];
    if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= least) kept.push(point);
    return kept;
  }, []);

  const rounded = (points) => points.map(([x, y]) => [Math.round(x * 100) / 100, Math.round(y * 100) / 100]);

  window.sunspot.shapes = { centre, contains, cut, thinned, rounded };
})();
