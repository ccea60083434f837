// The gestures of this page on one drawing: shown at once, sent in order, kept until the server has written them.
(() => {
  const AGAIN_MS = 2000;
  const identity = () => `g${[...crypto.getRandomValues(new Uint8Array(10))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

  class Gestures {
    // `changed` is called after every gesture and answer; `refused` with the reason why one cannot be recorded.
    constructor(scene, { person, changed, refused }) {
      Object.assign(this, { scene, person, changed, refused, pending: [], mine: [], waiting: [], sending: false, offline: false, closed: false });
      ({ key: this.key, model: this.model, blind: this.blind } = scene.content);
    }

    get saved() { return !this.pending.length; }

    // Resolves when all gestures so far are saved.
    flushed() { return this.saved ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve)); }

    // Another drawing is open: what is not saved yet is still sent, but nothing is drawn.
    close() { this.closed = true; }

    // Carries out a gesture: `spots` are the spots that change, as they are afterwards.
    act(act, { keys = [], outlines = [], text = "", spots = [], id = identity() } = {}) {
      const before = spots.map((spot) => this.scene.spot(spot.number) || { number: spot.number, outline: null });
      this.scene.change(spots.map((spot) => (spot.outline ? { ...spot, unsaved: true } : spot)));
      this.pending.push({ id, act, keys, outlines, text });
      if (act !== "undo" && act !== "redo") this.mine.push({ id, before, after: spots, undone: false });
      this.changed();
      this.send();
      return id;
    }

    // Undoes the last own gesture, or redoes the last one that was undone.
    undo() { this.turn(this.mine.filter((one) => !one.undone).pop(), "undo"); }
    redo() { this.turn(this.mine.filter((one) => one.undone)[0], "redo"); }
    turn(gesture, act) {
      if (!gesture) return;
      gesture.undone = act === "undo";
      this.act(act, { text: gesture.id, spots: gesture.undone ? gesture.before : gesture.after });
    }

    // Takes the gestures of earlier visits, so that they can be undone, too.
    remember(gestures, person) {
      const known = new Set(this.mine.map((one) => one.id));
      const older = gestures.filter((one) => one.by === person && one.act !== "undo" && one.act !== "redo" && !known.has(one.id));
      this.mine = [...older.map(({ id, undone }) => ({ id, undone, before: [], after: [] })), ...this.mine];
    }

    async send() {
      if (this.sending || !this.pending.length) return;
      this.sending = true;
      const { key, model, blind } = this;
      const gestures = this.pending.slice(0, 100);
      try {
        const answer = await fetch(sunspot.url(`/drawings/${key}/gestures`), {
          method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ model, person: this.person(), blind, gestures }),
        });
        const { recorded = 0, reason = "" } = await answer.json().catch(() => ({}));
        const done = this.pending.splice(0, recorded);
        if (!this.closed && done.length) this.settled();
        this.offline = !answer.ok && answer.status >= 500;
        if (!answer.ok && !this.offline) { this.drop(this.pending.shift()); this.refused(reason); } else if (this.offline) this.refused(reason || "The server cannot write the gesture; it is tried again.");
      } catch {
        this.offline = true; // the server or the network is away: the gestures stay and are sent again
      }
      this.sending = false;
      if (this.offline) setTimeout(() => this.send(), AGAIN_MS);
      else if (this.pending.length) this.send();
      else this.waiting.splice(0).forEach((resolve) => resolve());
      if (!this.closed) this.changed();
    }

    // Spots without a gesture that is still on its way are saved.
    settled() {
      const open = new Set(this.pending.flatMap((one) => [...one.keys, one.id]));
      this.scene.content.spots.forEach((spot) => { if (spot.unsaved && !open.has(spot.number.split(".")[0]) && !open.has(spot.number)) delete spot.unsaved; });
    }

    // Whether the server has written a gesture.
    recorded(id) { return this.saved && this.mine.some((one) => one.id === id); }

    drop(gesture) {
      if (gesture) this.mine = this.mine.filter((one) => one.id !== gesture.id);
    }
  }

  Object.assign(window.sunspot, { Gestures, gestureId: identity });
})();
