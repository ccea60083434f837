// The tour: shows the card of a step, and opens its page. The browser remembers the step, or that the tour was ended.
(() => {
  const KEY = "tour";
  const DONE = "done";
  const [CARD, SKIP, BACK, NEXT, DECLINE] = ["tour-card", "tour-skip", "tour-back", "tour-next", "tour-decline"];
  const known = () => { document.documentElement.dataset.tour = localStorage.getItem(KEY) ? "known" : "new"; };
  const element = (id) => document.getElementById(id);
  const links = () => [...document.querySelectorAll(".navigation a.nav-link")];

  const mark = (address) => links().forEach((link) => link.classList.toggle("toured", link.getAttribute("href") === address));

  const show = (step) => {
    const card = element(CARD);
    const stops = [...card.querySelectorAll("section")];
    localStorage.setItem(KEY, String(step));
    known();
    stops.forEach((stop, index) => { stop.hidden = index !== step; });
    element(BACK).disabled = step === 0;
    element(NEXT).textContent = step === stops.length - 1 ? "Finish" : "Next";
    card.hidden = false;
    const { href } = stops[step].dataset;
    mark(href);
    if (location.pathname !== href) links().find((link) => link.getAttribute("href") === href)?.click();
    card.focus({ preventScroll: true });
  };

  const end = () => {
    localStorage.setItem(KEY, DONE);
    known();
    element(CARD).hidden = true;
    mark("");
    document.querySelector(".navigation .start-tour")?.focus();
  };

  const step = () => Number(localStorage.getItem(KEY)) || 0;
  const last = () => element(CARD).querySelectorAll("section").length - 1;

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("button");
    if (!pressed) return;
    if (pressed.matches(".start-tour")) show(0);
    else if (pressed.id === NEXT) (step() < last() ? show(step() + 1) : end());
    else if (pressed.id === BACK) show(Math.max(0, step() - 1));
    else if (pressed.id === SKIP || pressed.id === DECLINE) end();
  });
  document.addEventListener("keydown", (event) => {
    const card = element(CARD);
    if (event.key !== "Escape" || !card || card.hidden || document.querySelector(".drawer:not([hidden]), .modal.show")) return;
    end();
  });
  known();
  // A tour that a reload interrupted goes on, on the page that is open.
  const resume = () => {
    const begun = localStorage.getItem(KEY);
    if (begun === null || begun === DONE) return;
    if (!element(CARD)) { setTimeout(resume, 100); return; }
    if (element(CARD).querySelectorAll("section")[step()]?.dataset.href === location.pathname) show(step());
    else end();
  };
  resume();
})();
