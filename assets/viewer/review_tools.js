// The buttons of the tools of the page Review.
(() => {
  const TOOLS = {
    select: ["Select", "Select a spot; Shift adds to the selection; drag a corner of a selected outline (V)"],
    add: ["Add", "Add a spot with one click (N)"],
    outline: ["Outline", "Draw the outline of the selected spot, or of a new one (O)"],
    split: ["Split", "Drag a line across a spot to split it (C)"],
    lasso: ["Lasso", "Select all spots inside a line (L)"],
    group: ["Group", "Click the group that the selected spots move to (G)"],
    limb: ["Limb", "Move the limb: drag its centre or its edge (D)"],
    merge: ["Merge", "Merge the selected spots (M)"],
    undo: ["↶", "Undo your last gesture (Ctrl+Z)"],
    redo: ["↷", "Redo (Ctrl+Shift+Z)"],
    fit: ["Fit", "Fit the disk, then the page (0)"],
    keys: ["?", "All keys (?)"],
  };

  // Returns the buttons; `acts` has what each does.
  window.sunspot.reviewTools = (acts) => Object.entries(TOOLS).map(([name, [text, title]]) => {
    const made = sunspot.side.element("button", "segment", text);
    Object.assign(made, { type: "button", title });
    made.dataset.tool = name;
    made.setAttribute("aria-label", title);
    made.addEventListener("click", acts[name]);
    return made;
  });
})();
