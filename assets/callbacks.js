// Client-side callbacks: what needs no server.
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
    // Something new for every tab and every click: the arguments of two clicks are never the same.
    nonce: () => crypto.randomUUID ? crypto.randomUUID() : String(Math.random()),
  },
});
