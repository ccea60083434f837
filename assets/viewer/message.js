// The message at the foot of the drawing under review.
(() => {
  const SHOWN_MS = 8000;

  class Message {
    // `open` returns the key of the open drawing, "" if there is none.
    constructor(box, open) { Object.assign(this, { box, open, about: "", ending: 0 }); }

    // Shows a text until another one, a gesture, or some seconds later; one with buttons for `steps` stays.
    show(text, steps = {}) {
      this.about = this.open();
      clearTimeout(this.ending);
      const buttons = Object.entries(steps).map(([name, act]) => {
        const button = Object.assign(sunspot.side.element("button", "", name), { type: "button" });
        button.dataset.step = name;
        button.addEventListener("click", act);
        return button;
      });
      this.box.replaceChildren(text, ...buttons);
      if (text && !buttons.length) this.ending = setTimeout(() => { this.box.textContent = ""; }, SHOWN_MS);
    }

    // Another drawing was opened: a message about the last one goes, one from before any was open stays.
    opened() { if (this.about) this.show(""); }

    // Returns the button of a step that is offered.
    step(name) { return this.box.querySelector(`[data-step=${name}]`); }
  }

  window.sunspot.Message = Message;
})();
