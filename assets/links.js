// A link to a page of the dashboard opens it without loading the scripts again, like the links of the navigation.
(() => {
  const about = document.querySelector("meta[name=sunspot]").dataset;
  const pages = about.pages.split(" ").map((page) => about.prefix + page);

  // The next Tab stop is on the new page, not in the navigation.
  window.addEventListener("_dashprivate_pushstate", () => document.getElementById("content")?.focus({ preventScroll: true }));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    const isHere = link.pathname === location.pathname && link.search === location.search;
    if (!pages.includes(link.pathname) || (isHere && link.hash)) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  });
})();
