// Part of the page itself, so that it runs even if the proxy delivers none of the page's files. It gives the other
// scripts the path prefix, and says in the page why nothing appears.
(() => {
  const about = document.querySelector("meta[name=sunspot]").dataset;
  const prefix = about.prefix; // begins and ends with a slash
  window.sunspot = { url: (path) => prefix + path.replace(/^\//, "") };

  const whenReady = (act) => (document.body ? act() : document.addEventListener("DOMContentLoaded", act));
  const say = (text, link = "") => whenReady(() => {
    const note = document.getElementById("sunspot-problem") || document.createElement("div");
    note.id = "sunspot-problem";
    note.setAttribute("role", "alert");
    note.style.cssText = "position:relative;z-index:2000;padding:1rem;color:#58151c;background:#f8d7da;border-bottom:2px solid #b02a37;font:16px/1.5 system-ui,sans-serif";
    note.textContent = text;
    if (link) {
      const anchor = document.createElement("a");
      Object.assign(anchor, { href: link, textContent: ` Open ${link}` });
      note.append(anchor);
    }
    document.body.prepend(note);
    document.querySelectorAll("._dash-loading").forEach((loading) => { loading.hidden = true; }); // React removes it
  });

  // The first frame is in the way once the same is drawn with its content.
  whenReady(() => {
    const frame = document.querySelector(".first-frame");
    const drawn = new MutationObserver(() => {
      if (!document.querySelector("#react-entry-point .app")) return;
      frame.remove();
      drawn.disconnect();
    });
    drawn.observe(document.getElementById("react-entry-point"), { childList: true, subtree: true });
  });

  // The folder of this page, without the name of one of the dashboard's own pages.
  const folder = () => {
    const parts = location.pathname.split("/").filter(Boolean);
    if (about.pages.split(" ").includes(parts[parts.length - 1])) parts.pop();
    return parts.length ? `/${parts.join("/")}/` : "/";
  };
  const isUnder = (path) => `${location.pathname}/`.startsWith(path);
  const missing = (file) => {
    const set = (path) => `start it with SUNSPOT_URL_PREFIX=${path} in its environment, or with serve --url-prefix ${path}.`;
    if (!isUnder(prefix) || folder() !== prefix)
      say(`The dashboard cannot load its files, because it is set up for the path ${prefix} and a proxy serves it under ${folder()}: ${set(folder())}`);
    else
      say(`The dashboard cannot load its file ${file}. Reload the page; if this stays, the proxy in between does not pass on every path below ${prefix}.`);
  };
  const misplaced = !isUnder(prefix);
  if (misplaced) say(`The dashboard is set up for the path ${prefix} (SUNSPOT_URL_PREFIX), not for ${location.pathname}.`, prefix);

  window.addEventListener("error", (event) => {
    if (event.target.tagName === "SCRIPT" || event.target.tagName === "LINK") missing(event.target.src || event.target.href);
  }, true);
  window.addEventListener("load", () => { if (typeof DashRenderer === "undefined") missing("dash_renderer.min.js"); });

  // A refused request would otherwise be visible in the browser's console only.
  const plainFetch = window.fetch;
  let refused = false;
  window.fetch = async (...request) => {
    const answer = await plainFetch(...request);
    const address = String(request[0].url || request[0]);
    if (answer.ok && refused && address.includes("_dash-update-component")) { refused = false; document.getElementById("sunspot-problem")?.remove(); }
    if (answer.ok || misplaced || !address.includes("/_dash-")) return answer;
    const { reason } = await answer.clone().json().catch(() => ({}));
    if (reason) { refused = true; say(reason); }
    else if (answer.status === 404) missing(address);
    return answer;
  };
})();
