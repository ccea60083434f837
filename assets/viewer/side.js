// The numbers beside a drawing: they follow the threshold without a request to the server.
(() => {
  const BINS = 25;
  const { counts } = window.sunspot;

  const element = (tag, className, ...content) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...content.filter((part) => part !== null && part !== undefined));
    return made;
  };

  const figure = (value, text, interval) => element("div", "kpi", element("b", "", String(value)), element("small", "", text),
    interval ? element("span", "kpi-interval", `${Math.round(interval.low)} to ${Math.round(interval.high)}`) : null);

  // Returns groups, spots and sunspot number, with their intervals if there are any; an undated drawing has only spots.
  const figures = ({ groups, spots, number, north, south }, intervals = {}) => {
    const found = [figure(spots.length, spots.length === 1 ? "spot" : "spots", intervals.spots)];
    if (groups) found.unshift(figure(groups.length, groups.length === 1 ? "group" : "groups", intervals.groups));
    if (!groups) return element("div", "kpis", ...found);
    found.push(figure(number, "R", intervals.number));
    return element("div", "", element("div", "kpis", ...found), element("div", "halves", `R north ${north}, south ${south}`));
  };

  // Returns what the intervals mean, and the spots and groups that make them wide; a click on one shows it.
  const uncertain = (scene, showSpot, showGroups) => {
    const known = scene.content.uncertainty;
    if (!known) return null;
    if (known.missing) return element("div", "uncertain", `No interval: ${known.missing}.`);
    if (!scene.atModel) return element("div", "uncertain", "Intervals are known only for the model's own threshold.");
    const doubt = (text, title, show) => {
      const button = element("button", "", text);
      Object.assign(button, { type: "button", title });
      button.addEventListener("click", show);
      return element("li", "", button);
    };
    const doubts = [...known.joined, ...known.divided].sort((a, b) => Math.abs(a.share - 0.5) - Math.abs(b.share - 0.5)).map(({ groups, share }) => {
      const what = groups.length > 1 ? `Groups ${groups[0]} and ${groups[1]} are one` : `Group ${groups[0]} is several`;
      return doubt(`${what} in ${Math.round(100 * share)} % of the simulated counts`, "Zoom to it; the share is not one of observers", () => showGroups(groups));
    });
    if (known.near.length) {
      const counts = scene.counted.spots.filter((spot) => known.near.includes(spot.number)).length;
      let next = 0;
      const text = `${known.near.length} ${known.near.length === 1 ? "candidate" : "candidates"} near the threshold, ${counts} counted`;
      doubts.unshift(doubt(text, "Zoom to the next of them", () => { showSpot(known.near[next % known.near.length]); next += 1; }));
    }
    return element("div", "uncertain",
      element("div", "", `${known.level} % intervals: on ${known.level} of 100 comparable drawings the observer's own count lies inside.`),
      doubts.length ? element("ul", "", ...doubts) : element("div", "", "No single candidate or group stands out."));
  };

  // Returns what an observer counted on the drawing, and by how much the counted spots differ.
  const observed = ({ content, counted }) => {
    const seen = content.observed;
    if (!seen) return null;
    const own = { g: counted.groups && counted.groups.length, s: counted.spots.length, R: counted.groups && counted.number };
    const theirs = { g: seen.groups, s: seen.spots, R: seen.number };
    const names = Object.keys(theirs).filter((name) => theirs[name] !== null);
    const more = names.filter((name) => own[name] !== null).map((name) => `${name} ${own[name] === theirs[name] ? "0" : counts.signed(own[name] - theirs[name], 0)}`);
    return element("div", "observed",
      element("div", "", `observers: ${names.map((name) => `${name} ${theirs[name]}`).join(", ")}${seen.observer ? ` (${seen.observer})` : ""}`),
      more.length ? element("div", "", `difference: ${more.join(", ")}`) : null);
  };

  // Returns hits, misses and false alarms where the labels are shown.
  const judged = ({ judged: one }) => {
    if (!one) return null;
    const { tp, misses, falseAlarms, f1 } = one.text;
    const part = (name, value, text) => element("span", `judged judged-${name}`, `${value} ${text}`);
    return element("div", "judgement",
      element("b", "", f1 === null ? "F1 –" : `F1 ${f1.toFixed(2)}`),
      part("hit", tp, tp === 1 ? "hit" : "hits"), part("miss", misses, "missed"), part("false-alarm", falseAlarms, falseAlarms === 1 ? "false alarm" : "false alarms"));
  };

  // Returns the number of candidates by confidence, those that count in green. Heights grow with the root.
  const histogram = (spots, threshold) => {
    const bins = Array(BINS).fill(0);
    spots.forEach((spot) => { bins[Math.min(BINS - 1, Math.floor(spot.confidence * BINS))] += 1; });
    const most = Math.sqrt(Math.max(1, ...bins));
    const bars = bins.map((n, i) => {
      const bar = element("i", (i + 0.5) / BINS >= threshold ? "on" : "");
      bar.style.height = `${n ? Math.max(6, (100 * Math.sqrt(n)) / most) : 0}%`;
      return bar;
    });
    const box = element("div", "histogram", ...bars);
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `Candidates by confidence; ${spots.filter((spot) => spot.confidence >= threshold).length} of ${spots.length} count`);
    return box;
  };

  // Returns what is proposed for a group, null if its spots have changed since.
  const proposal = ({ content }, group) => content.types?.[group.spots.map((spot) => String(spot.number)).sort().join()] || null;

  // Says how often the observers wrote the proposed type.
  const agreement = ({ zurich, agreement: share }) => `the observer's own for ${Math.round(100 * share)} % of the groups proposed as ${zurich}`;

  // Returns a cell with the proposed Zürich type; its title has the rest.
  const proposedType = (scene, group) => {
    const known = proposal(scene, group);
    const cell = element("td", "group-type", known ? known.zurich : "");
    if (!known) cell.title = "Types are proposed at the model's own threshold only";
    else if (known.zurich === "?") cell.title = "Run the model again: penumbrae were not looked for";
    else cell.title = `Proposed Zürich type, ${agreement(known)}; McIntosh ${known.mcintosh} (not validated), length ${known.length_deg.toFixed(1)}°, ${known.whole_msh.toFixed(0)} MSH with penumbrae`;
    return cell;
  };

  // Returns the table of the groups; `typeCell` makes the cell of the types.
  const table = (scene, open, typeCell = proposedType) => {
    const { groups } = scene.counted;
    if (!groups || !groups.length) return null;
    const rows = groups.map((group) => {
      const button = element("button", "", String(group.number));
      button.type = "button";
      button.title = `Zoom to group ${group.number}`;
      button.addEventListener("click", () => open(group));
      const cells = [button, String(group.spots.length), counts.place(group), group.area_msh.toFixed(0)];
      const places = cells.map((cell) => element("td", "", cell));
      const known = proposal(scene, group);
      if (known?.latitude_sigma_deg) places[2].title = `Standard deviation: latitude ${known.latitude_sigma_deg.toFixed(1)}°, longitude ${known.longitude_sigma_deg.toFixed(1)}°`;
      return element("tr", "", ...places, typeCell(scene, group));
    });
    const names = ["#", "spots", "position", "MSH", "type"].map((name) => element("th", "", name));
    names[4].title = "Zürich type, proposed from what is drawn";
    names[3].title = "umbral area in millionths of the solar hemisphere";
    return element("table", "groups-table", element("thead", "", element("tr", "", ...names)), element("tbody", "", ...rows));
  };

  const facts = (rows) => element("dl", "facts", ...rows.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]));

  const spot = (scene) => {
    const chosen = scene.selected;
    const index = chosen ? scene.counted.spots.indexOf(chosen) : -1;
    if (index < 0) return null;
    const [first, ...lines] = sunspot.spotText(chosen, scene.counted.group[index]);
    return element("div", "chosen-spot", element("b", "", first), ...lines.map((line) => element("div", "", line)));
  };

  window.sunspot.side = { element, figures, uncertain, observed, judged, histogram, table, facts, spot, proposal, agreement };
})();
