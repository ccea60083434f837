// What the page Review writes beside a drawing: who has reviewed it, its spots, and the selected spot.
(() => {
  const SHOWN_SPOTS = 60;
  const element = (...given) => window.sunspot.side.element(...given);
  const isAdded = (spot) => spot.number.startsWith("g");
  const stateOf = (spot) => (spot.state === "found" ? "not decided" : spot.state);

  // Says who has finished the drawing, and what people disagree on.
  const said = (content) => {
    const lines = [];
    if (content.outdated) lines.push("The limb was corrected: these spots were found with another limb. They follow when the drawing has been processed again.");
    if (content.finished_at) lines.push(`${content.blind ? "Read" : "Reviewed"} by ${content.finished_by}, ${content.finished_at.slice(0, 16).replace("T", " ")} UT`);
    content.disputes.forEach((one) => lines.push(`Disputed: ${one.key ? `spot ${one.key}` : "the end of the review"}, ${one.earlier.join(": ")}, then ${one.later.join(": ")}`));
    const lost = content.lost.length;
    if (lost) lines.push(`${lost} ${lost === 1 ? "gesture does" : "gestures do"} not fit this result any more`);
    content.problems.forEach((text) => lines.push(text));
    return lines.length ? element("div", "review-said", ...lines.map((text) => element("div", "", text))) : null;
  };

  // Returns a button for each spot, those nearest to the threshold first.
  const spots = (scene, chosen) => {
    const { threshold } = scene.content;
    const order = [...scene.content.spots].sort((a, b) => Math.abs(a.confidence - threshold) - Math.abs(b.confidence - threshold));
    return order.slice(0, SHOWN_SPOTS).map((spot) => {
      const name = isAdded(spot) ? "added" : `spot ${spot.number}`;
      const confidence = isAdded(spot) ? "" : spot.confidence.toFixed(2);
      const button = element("button", `spot-row spot-${spot.state}`, element("i"), element("span", "", name), element("small", "", stateOf(spot)), element("b", "", confidence));
      button.type = "button";
      button.setAttribute("aria-pressed", String(scene.selection.has(spot.number)));
      button.addEventListener("click", () => chosen(spot));
      return button;
    });
  };

  // Describes the selected spot, the selection, or the drawing.
  const status = (scene, person) => {
    const { content, only: spot } = scene;
    if (spot) {
      const counted = scene.counted.spots.includes(spot);
      return [
        ...(isAdded(spot) ? [`added by ${spot.by || person}`] : [`spot ${spot.number}`, stateOf(spot), `confidence ${spot.confidence.toFixed(2)}`]),
        ...(spot.latitude_deg === null ? [] : [sunspot.counts.place(spot), `${(spot.area_msh || 0).toFixed(0)} MSH`]),
        ...(counted && spot.group ? [`group ${spot.group}`] : []),
      ].join(" · ");
    }
    if (scene.selection.size) return `${scene.selection.size} spots selected`;
    const n = scene.counted.spots.length;
    return `${content.name}: ${content.blind ? `${n} marked` : `${n} ${n === 1 ? "spot" : "spots"}, ${scene.undecided} not decided`}`;
  };

  window.sunspot.reviewSide = { said, spots, status };
})();
