// Client-side callbacks: what needs no server.
let wanted = ""; // the drawing whose row is looked for
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  sunspot: {
    // Turns the theme over at a click, and tells it to the figures.
    theme: (clicks) => {
      const root = document.documentElement;
      if (clicks) {
        root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
        root.dataset.agThemeMode = root.dataset.bsTheme;
        localStorage.setItem("theme", root.dataset.bsTheme);
      }
      return root.dataset.bsTheme;
    },
    // Puts what is shown into the address bar.
    address: (search) => {
      if (search) history.replaceState(history.state, "", search);
      return search;
    },
    // Lets an endless table ask for its rows again.
    refresh: (_, table) => {
      dash_ag_grid.getApiAsync(table).then((api) => api.refreshInfiniteCache());
      return window.dash_clientside.no_update;
    },
    // Marks the row of the drawing that is shown and scrolls to it, as soon as an endless table has it.
    mark: (place, table) => {
      const [key, row] = place || [];
      wanted = key;
      const look = (api, tries) => {
        if (wanted !== key || api.isDestroyed()) return;
        if (row < api.getDisplayedRowCount()) api.ensureIndexVisible(row);
        const node = api.getRowNode(key);
        if (node) node.setSelected(true, true);
        else if (tries) setTimeout(() => look(api, tries - 1), 200);
      };
      if (key && row !== null) dash_ag_grid.getApiAsync(table).then((api) => look(api, 50));
      return window.dash_clientside.no_update;
    },
    // Something new for every tab and every click: the arguments of two clicks are never the same.
    nonce: () => crypto.randomUUID ? crypto.randomUUID() : String(Math.random()),
  },
});
