// Counts of a drawing at a confidence threshold, from the steps that the server sends: groups, spots, sunspot number.
(() => {
  // Returns the values of the last step [threshold, values] that begins at or below a threshold.
  const step = (steps, threshold) => {
    let found = steps[0];
    for (const one of steps) if (one[0] <= threshold) found = one;
    return found ? found[1] : [];
  };

  // Returns the properties of the groups, by the rules of domain/activity/groups.py: centres are weighted by area.
  const describe = (spots, group) => {
    const groups = new Map();
    spots.forEach((spot, i) => {
      const number = group[i];
      if (!number) return;
      if (!groups.has(number)) groups.set(number, { number, spots: [] });
      groups.get(number).spots.push(spot);
    });
    return [...groups.values()].sort((a, b) => a.number - b.number).map((one) => {
      const areas = one.spots.map((spot) => spot.area_msh || 0);
      const total = areas.reduce((sum, area) => sum + area, 0);
      const mean = (name) => one.spots.reduce((sum, spot, i) => sum + spot[name] * (total ? areas[i] / total : 1 / areas.length), 0);
      return { ...one, area_msh: total, latitude_deg: mean("latitude_deg"), cmd_deg: mean("cmd_deg") };
    });
  };

  const number = (groups, spots) => 10 * groups + spots;

  // Returns spots with the numbers of their groups, the groups, and R; `groups` is null for an undated drawing.
  const of = (spots, group, dated) => {
    if (!dated) return { spots, group: [], groups: null };
    const groups = describe(spots, group);
    const half = (sign) => {
      const own = groups.filter((one) => sign * one.latitude_deg > 0);
      return number(own.length, own.reduce((sum, one) => sum + one.spots.length, 0));
    };
    return { spots, group, groups, number: number(groups.length, spots.length), north: half(1), south: half(-1) };
  };

  // Returns the counted spots of a content at a threshold.
  const at = (content, threshold) => {
    const spots = content.spots.filter((spot) => spot.confidence >= threshold);
    return of(spots, content.groups ? step(content.groups, threshold) : [], Boolean(content.groups));
  };

  const signed = (value, digits = 1) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

  // Returns a position as observers write it, such as "N08 W38".
  const place = ({ latitude_deg: b, cmd_deg: cmd }) => {
    const two = (value) => String(Math.round(Math.abs(value))).padStart(2, "0");
    return `${b < 0 ? "S" : "N"}${two(b)} ${cmd < 0 ? "E" : "W"}${two(cmd)}`;
  };

  window.sunspot = Object.assign(window.sunspot || {}, { counts: { step, of, at, signed, place } });
})();
