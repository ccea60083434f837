// The form "Drawing" of the page Review: date, observer, orientation and limb, saved with the state that was opened.
(() => {
  class Correction {
    // `page` has show(values), person(), note(text, steps), saved(): the drawing is to be fetched again.
    constructor(page) { Object.assign(this, { page, values: {}, filled: {}, busy: false }); }

    get changed() { return Object.entries(this.filled).some(([name, value]) => this.values[name] !== value); }

    // Fills the form for a drawing; while the same one is open, entered values stay.
    fill(content, again = false) {
      const { state, values } = content.correction;
      if (again && (state === this.opened || this.changed)) return;
      Object.assign(this, { content, opened: state, filled: { ...values } });
      this.set(values);
    }

    // Takes the values of some fields.
    take(values) { this.values = { ...this.values, ...values }; }

    // Takes the values of some fields, and shows them.
    set(values) {
      this.take(values);
      this.page.show(values);
    }

    // Takes what the fields have; an empty field is "" in a text and null in a number.
    entered(values) {
      const plain = Object.entries(values).map(([name, value]) => [name, typeof this.filled[name] === "string" ? value || "" : value ?? null]);
      this.values = Object.fromEntries(plain);
    }

    save() { return this.send("correction", { model: this.content.model, values: this.values }, "Saved."); }
    discard() {
      const values = { date: "", time: "", east: "", up: "", tilt: null, x: null, y: null, radius: null, observer: "" };
      return this.send("correction", { model: this.content.model, values }, "All corrections are discarded.");
    }
    undo() { return this.send("correction/undo", {}, "Undone."); }

    // Returns whether it was saved.
    async send(route, details, said) {
      if (this.busy) return false;
      this.busy = true;
      const { content, opened } = this;
      const answer = await fetch(sunspot.url(`/drawings/${content.key}/${route}`), {
        method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ person: this.page.person(), opened, ...details }),
      }).catch(() => null);
      const { jobs = "", reason = "the server does not answer, try again" } = answer ? await answer.json().catch(() => ({})) : {};
      this.busy = false;
      if (content !== this.content) return Boolean(answer?.ok); // another drawing is open
      if (answer && (answer.ok || answer.status === 409)) {
        this.filled = { ...this.values };
        await this.page.saved();
      }
      if (content.key !== this.content.key) return Boolean(answer?.ok);
      if (!answer?.ok) this.page.note(`Not saved: ${reason}.`);
      else this.page.note(`${said} ${jobs}`.trim(), route === "correction" ? { Undo: () => this.undo() } : {});
      return Boolean(answer?.ok);
    }
  }

  window.sunspot.Correction = Correction;
})();
