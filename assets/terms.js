// Shows the explanation of a term on hover, focus and tap; Escape, or leaving it, hides it.
(() => {
  const LEAVE_MS = 200; // to reach the explanation with the mouse
  const EDGE = 8; // px to the edge of the window
  let open = null;
  let leaving = 0;

  const termOf = (event) => event.target.closest?.(".term") || null;

  const hide = () => {
    if (!open) return;
    open.lastElementChild.remove();
    open.firstElementChild.setAttribute("aria-expanded", "false");
    open = null;
  };

  const show = (term) => {
    clearTimeout(leaving);
    if (open === term) return;
    hide();
    open = term;
    const { name, text: about, href } = term.dataset;
    const text = document.createElement("span");
    text.className = "term-text";
    const [strong, more] = [document.createElement("strong"), document.createElement("a")];
    strong.textContent = name;
    Object.assign(more, { href, target: "_blank", textContent: "Read more" });
    text.append(strong, about, more);
    term.append(text);
    term.firstElementChild.setAttribute("aria-expanded", "true");
    const button = term.firstElementChild.getBoundingClientRect();
    const left = Math.min(button.left, window.innerWidth - text.offsetWidth - EDGE);
    const above = button.bottom + text.offsetHeight + EDGE > window.innerHeight;
    text.style.left = `${Math.max(EDGE, left)}px`;
    text.style.top = `${Math.max(EDGE, above ? button.top - text.offsetHeight - 2 : button.bottom + 2)}px`;
  };

  const changed = (event) => {
    const term = termOf(event);
    if (term) show(term);
    else if (event.type === "pointerover") {
      if (open && !open.contains(document.activeElement)) { clearTimeout(leaving); leaving = setTimeout(hide, LEAVE_MS); }
    } else hide();
  };
  ["pointerover", "focusin", "click"].forEach((name) => document.addEventListener(name, changed));
  document.addEventListener("scroll", (event) => { if (open && !open.contains(event.target)) hide(); }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open) return;
    event.stopImmediatePropagation(); // a drawer around it stays open
    hide();
  }, true);
})();
