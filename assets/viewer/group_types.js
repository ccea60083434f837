// The types of the groups on the page Review: what is proposed, and what a person chose.
(() => {
  const element = (...given) => window.sunspot.side.element(...given);
  const UNKNOWN = "?";

  // Returns what was noted about a group: the most frequent note on its spots.
  const noteOf = (group) => {
    const counts = new Map();
    group.spots.forEach(({ note }) => { if (note) counts.set(note, (counts.get(note) || 0) + 1); });
    const [text] = [...counts].sort((a, b) => b[1] - a[1])[0] || [""];
    return text ? JSON.parse(text) : {};
  };

  const isTyped = (group) => { const { zurich, mcintosh } = noteOf(group); return Boolean(zurich && mcintosh); };

  // Returns a field to choose one of `values`; what is proposed stands first, as long as nothing is chosen.
  const field = (label, values, chosen, proposed, choose, sure = "") => {
    const select = element("select", chosen ? "" : "proposed");
    select.setAttribute("aria-label", label);
    select.title = chosen ? label : `${label}: not chosen yet${proposed ? `; ${proposed} is proposed${sure}` : ""}`;
    const option = (value, text) => Object.assign(element("option", "", text), { value, selected: value === chosen });
    select.append(option("", proposed && proposed !== UNKNOWN ? `${proposed} ?` : UNKNOWN), ...values.map((value) => option(value, value)));
    select.addEventListener("change", () => choose(select.value));
    return select;
  };

  // Returns the cell with both types of a group; only types that go together can be chosen.
  const cell = (editor) => (scene, group) => {
    const { legal } = scene.content;
    const noted = noteOf(group);
    const proposed = window.sunspot.side.proposal(scene, group) || {};
    const zurich = field(`Zürich type of group ${group.number}`, Object.keys(legal), noted.zurich, proposed.zurich, (value) => {
      editor.describe(group, { zurich: value, mcintosh: value && legal[value].includes(noted.mcintosh) ? noted.mcintosh : legal[value]?.length === 1 ? legal[value][0] : "" });
    }, proposed.agreement ? `, ${window.sunspot.side.agreement(proposed)}` : "");
    const possible = noted.zurich ? legal[noted.zurich] : Object.values(legal).flat().filter((one, i, all) => all.indexOf(one) === i);
    const fits = possible.includes(proposed.mcintosh) ? proposed.mcintosh : "";
    const mcintosh = field(`McIntosh type of group ${group.number}`, possible, noted.mcintosh, fits, (value) => editor.describe(group, { mcintosh: value }), ", not validated");
    return element("td", "group-type", zurich, mcintosh);
  };

  // Returns how many groups have both types, and a button that takes over all proposals that have no unknown letter.
  const summary = (editor, scene) => {
    const groups = scene.counted.groups || [];
    if (!groups.length || scene.content.blind) return null;
    const open = groups.filter((group) => !isTyped(group));
    const text = open.length ? `${groups.length - open.length} of ${groups.length} groups typed` : "all groups typed";
    const ready = open.map((group) => [group, noteOf(group), window.sunspot.side.proposal(scene, group)])
      .filter(([, noted, proposed]) => proposed && !proposed.zurich.includes(UNKNOWN) && !noted.zurich && !noted.mcintosh);
    if (!ready.length) return element("div", "group-typed", text);
    const button = element("button", "btn btn-sm btn-secondary", "Accept proposed types");
    Object.assign(button, { type: "button", title: "The types follow from the drawn penumbrae, the length and the number of spots: check them" });
    button.addEventListener("click", () => ready.forEach(([group, , proposed]) => {
      editor.describe(group, { zurich: proposed.zurich, mcintosh: scene.content.legal[proposed.zurich].includes(proposed.mcintosh) ? proposed.mcintosh : "" });
    }));
    return element("div", "group-typed", text, button);
  };

  window.sunspot.groupTypes = { noteOf, isTyped, cell, summary };
})();
