// The list of drawings to review, at the left; more rows follow at its end.
(() => {
  const BLOCK = 60;
  const element = (...given) => window.sunspot.side.element(...given);

  class Queue {
    constructor(box, chosen) {
      Object.assign(this, { box, chosen, rows: [], total: 0, key: "", asked: 0 });
      box.addEventListener("scroll", () => { if (box.scrollTop + box.clientHeight > box.scrollHeight - 200) this.more(); }, { passive: true });
    }

    // Lists the drawings of a choice {model, state, first, last, skipped, reader}; returns the counts of the server.
    async list(choice) {
      const asked = ++this.asked;
      this.choice = choice;
      const found = await this.get(0, Math.max(BLOCK, this.rows.length));
      if (asked !== this.asked) return null;
      Object.assign(this, { rows: found.rows, total: found.total, thumbs: this.thumbs || new Map() });
      this.draw();
      return found;
    }

    get(from, to) {
      const { model, state, first, last, skipped, reader } = this.choice;
      const query = new URLSearchParams({ from, to, state, first, last, skipped: skipped.join(" "), ...reader });
      return fetch(sunspot.url(`/queue/${model}?${query}`)).then((answer) => answer.json());
    }

    async more() {
      if (this.loading || this.rows.length >= this.total) return;
      this.loading = true;
      const { rows } = await this.get(this.rows.length, this.rows.length + BLOCK);
      this.loading = false;
      const known = new Set(this.rows.map((row) => row.key));
      this.rows.push(...rows.filter((row) => !known.has(row.key)));
      this.draw();
    }

    mark(key) {
      this.key = key;
      this.draw();
      const row = this.box.querySelector("[aria-current=true]");
      if (!row) return;
      const top = row.offsetTop - this.box.offsetTop; // scrolls the list alone, never the page
      this.box.scrollTop = Math.max(top + row.offsetHeight - this.box.clientHeight, Math.min(top, this.box.scrollTop));
    }

    // Returns the row after a drawing.
    next(key) {
      const place = this.rows.findIndex((row) => row.key === key);
      const open = [...this.rows.slice(place + 1), ...this.rows.slice(0, Math.max(0, place))];
      return open.find((row) => !row.reviewed_at) || null;
    }

    // Whether another drawing has the same time.
    twice(row) { return this.rows.some((other) => other !== row && other.date === row.date && other.time === row.time); }

    draw() {
      this.box.replaceChildren(...this.rows.map((row) => this.row(row)));
    }

    badge(row, done) {
      const spots = row.reviewed_spots ?? row.spots;
      const badge = element("b", done ? "badge-ok" : row.disputed ? "badge-bad" : "badge-warn", String(spots));
      badge.title = `${spots} spots; about ${row.score.toFixed(1)} errors expected`;
      return badge;
    }

    row(row) {
      const done = Boolean(row.reviewed_at);
      const blind = row.spots === undefined; // a blind reader is sent no counts
      const reason = blind ? (done ? "read by you" : "not read by you") : done ? `reviewed by ${row.reviewed_by}` : row.reasons || "no particular doubt";
      const picture = this.thumbs.get(row.key) || Object.assign(element("img"), { src: sunspot.url(`/media/${row.key}/thumb?${row.picture.split("?")[1]}`), alt: "", loading: "lazy" });
      this.thumbs.set(row.key, picture);
      const badge = blind ? null : this.badge(row, done);
      const button = element("button", "queue-row", picture, element("span", "", element("span", "queue-date", this.twice(row) ? row.name : `${row.date} ${row.time}`.trim()), element("small", "", row.disputed ? `disputed; ${reason}` : reason)), badge);
      Object.assign(button, { type: "button", title: `${row.name}: ${reason}` });
      button.setAttribute("aria-current", String(row.key === this.key));
      button.addEventListener("click", () => this.chosen(row));
      return button;
    }
  }

  window.sunspot.Queue = Queue;
})();
