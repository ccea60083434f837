// Callbacks that run in the browser.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  sunspot: {
    // Switches the theme on a click, and passes it on to the figures.
    theme: (clicks) => {
      const root = document.documentElement;
      if (clicks) {
        root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
        root.dataset.agThemeMode = root.dataset.bsTheme;
        localStorage.setItem("theme", root.dataset.bsTheme);
      }
      return root.dataset.bsTheme;
    },
    // Writes the current selection to the address bar.
    address: (search) => {
      if (search) history.replaceState(history.state, "", search);
      return search;
    },
    // Makes an infinite-scroll table request its rows again.
    refresh: (_, table) => {
      dash_ag_grid.getApiAsync(table).then((api) => api.refreshInfiniteCache());
      return window.dash_clientside.no_update;
    },
    // Opens a drawer, or closes it; the focus goes into it, and back to the button that opened it.
    drawer: () => {
      const { triggered_id: button, outputs_list: output, inputs_list: [opener] } = window.dash_clientside.callback_context;
      const opens = button === opener.id && document.getElementById(output.id).hidden;
      requestAnimationFrame(() => {
        const drawer = document.getElementById(output.id);
        const inside = drawer.querySelector("select, input") || drawer.querySelector("button");
        (opens ? inside : document.getElementById(opener.id))?.focus();
      });
      return !opens;
    },
    // Closes the drawer of a form that was accepted; a problem leaves it open.
    accepted: (message) => (message?.props?.icon === "success" ? true : window.dash_clientside.no_update),
    // Returns the limb after a drag, as a circle even if one side was pulled. Reads the position from the graph, since
    // of two quick changes Dash reports only the later one, which may be a zoom.
    limb: (_, figure, graph) => {
      const drawn = document.querySelector(`#${graph} .js-plotly-plot`)?.layout;
      const [circle, before] = [drawn?.shapes?.[0], drawn?.meta?.limb];
      // A drag rewrites every side, rounded to screen pixels.
      const differs = (side) => Math.abs(circle[side] - before[side]) > 0.01;
      const stays = !circle || !before || !["x0", "x1", "y0", "y1"].some(differs);
      if (stays) return Array(4).fill(window.dash_clientside.no_update);
      const pulled = ["x", "y"].filter((axis) => differs(`${axis}0`) || differs(`${axis}1`));
      const spans = pulled.map((axis) => Math.abs(circle[`${axis}1`] - circle[`${axis}0`]) / 2);
      const radius = spans.reduce((sum, span) => sum + span) / spans.length;
      const [x, y] = ["x", "y"].map((axis) => (circle[`${axis}0`] + circle[`${axis}1`]) / 2);
      const limb = { x0: x - radius, x1: x + radius, y0: y - radius, y1: y + radius };
      const layout = {
        ...drawn,
        shapes: [{ ...circle, ...limb }, ...drawn.shapes.slice(1)],
        meta: { ...drawn.meta, limb },
      };
      const rounded = [x, y, radius].map((value) => Math.round(value * 10) / 10);
      return [...rounded, { ...figure, layout }];
    },
    // Names the chosen files, and disables the button while there are none, or more than a request may carry.
    files: (contents, names) => {
      const most = 45e6; // a request may have 64 MiB, and holds a third more than the files
      const size = (contents || []).reduce((sum, content) => sum + (content.length * 3) / 4, 0);
      const text = (names || []).join(", ") + (size > most ? ": more than 45 MB; use the command `models import`" : "");
      return [text || "No file chosen", !names?.length || size > most];
    },
    // Passes on the click on one of many buttons, but not that buttons were made.
    clicked: () => {
      const { triggered, triggered_id: button } = window.dash_clientside.callback_context;
      return triggered.some(({ value }) => value) ? { ...button, nonce: Math.random() } : window.dash_clientside.no_update;
    },
    // Clears what was shown about something else.
    clear: () => null,
    // A unique value for each tab and click, so that no two clicks have the same arguments.
    nonce: () => crypto.randomUUID ? crypto.randomUUID() : String(Math.random()),
  },
});
// Escape closes the drawer that holds the focus, else the one that is open.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector(".modal.show")) return;
  const open = event.target.closest(".drawer:not([hidden])") || document.querySelector(".drawer:not([hidden])");
  open?.querySelector(".drawer-head button").click();
});
