// The filmstrip: thumbnails of all drawings of a list, in a row; only those in sight exist.
(() => {
  const WIDTH = 92; // px of a thumbnail, with its gap
  const BLOCK = 60; // rows fetched at a time
  const AROUND = 6; // thumbnails kept beyond each end

  class Filmstrip {
    // `picture(row)` returns the address of a thumbnail; `chosen(row)` is called with the row that was clicked.
    constructor(box, picture, chosen) {
      Object.assign(this, { box, picture, chosen, rows: new Map(), asked: new Map(), made: new Map(), total: 0, key: "" });
      this.track = document.createElement("div");
      this.track.className = "filmstrip-track";
      box.append(this.track);
      box.addEventListener("scroll", () => this.fill(), { passive: true });
      new ResizeObserver(() => this.fill()).observe(box);
    }

    // Shows the list at an address (without its query), and returns the number of its drawings.
    async list(address, order, key) {
      Object.assign(this, { address, order });
      this.rows.clear();
      this.asked.clear();
      const { total, place } = await this.get({ from: 0, to: BLOCK, key });
      this.total = total;
      this.place = place;
      this.key = key;
      this.track.style.width = `${total * WIDTH}px`;
      this.made.forEach((button) => button.remove());
      this.made.clear();
      if (place !== null) await this.reach(place);
      this.fill();
      return total;
    }

    get({ from, to, key = "" }) {
      const query = new URLSearchParams({ from, to, order: this.order, key });
      const address = this.address;
      return fetch(sunspot.url(`${address}?${query}`)).then((answer) => (answer.ok ? answer.json() : { rows: [], total: 0, place: null })).then((found) => {
        if (address === this.address) found.rows.forEach((row, i) => this.rows.set(from + i, row));
        return found;
      });
    }

    // Makes sure that the row at a place is known.
    async reach(place) {
      const block = Math.floor(place / BLOCK);
      if (this.rows.has(place)) return;
      if (!this.asked.has(block)) this.asked.set(block, this.get({ from: block * BLOCK, to: (block + 1) * BLOCK }));
      await this.asked.get(block);
    }

    // Returns the row some steps away; the last one is followed by the first.
    async step(steps) {
      if (!this.total) return null;
      const place = this.place === null || this.place === undefined ? 0 : (this.place + steps + this.total) % this.total;
      await this.reach(place);
      return this.rows.get(place) || null;
    }

    mark(key) {
      this.key = key;
      this.place = [...this.rows].find(([, row]) => row.key === key)?.[0] ?? this.place;
      const held = this.track.contains(document.activeElement);
      this.made.forEach((button, place) => this.current(button, place));
      const left = this.place * WIDTH;
      const { scrollLeft, clientWidth } = this.box;
      if (left < scrollLeft || left + WIDTH > scrollLeft + clientWidth) this.box.scrollLeft = left - (clientWidth - WIDTH) / 2;
      this.fill();
      if (held) this.made.get(this.place)?.focus({ preventScroll: true });
    }

    // The shown drawing, else the first one, is the Tab stop of the strip; the arrow keys lead to the others.
    current(button, place) {
      button.setAttribute("aria-current", String(place === this.place));
      button.tabIndex = place === (this.place ?? 0) ? 0 : -1;
    }

    fill() {
      const first = Math.max(0, Math.floor(this.box.scrollLeft / WIDTH) - AROUND);
      const last = Math.min(this.total, Math.ceil((this.box.scrollLeft + this.box.clientWidth) / WIDTH) + AROUND);
      this.made.forEach((button, place) => { if ((place < first || place >= last) && place !== this.place) { button.remove(); this.made.delete(place); } });
      for (let place = first; place < last; place += 1) {
        if (this.made.has(place)) continue;
        if (this.rows.has(place)) this.make(place);
        else this.reach(place).then(() => { if (!this.made.has(place) && this.rows.has(place)) this.fill(); });
      }
    }

    make(place) {
      const row = this.rows.get(place);
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "frame", title: `${row.name}: ${row.spots} ${row.spots === 1 ? "spot" : "spots"}` });
      button.style.left = `${place * WIDTH}px`;
      this.current(button, place);
      const picture = Object.assign(document.createElement("img"), { src: sunspot.url(this.picture(row)), alt: "", loading: "lazy" });
      const text = document.createElement("span");
      text.textContent = row.f1 === null ? row.date : `F1 ${row.f1.toFixed(2)}`;
      const badge = document.createElement("b");
      badge.textContent = row.spots;
      button.append(picture, text, badge);
      button.addEventListener("click", () => this.chosen(row));
      // In order for the keyboard.
      const next = [...this.made].filter(([other]) => other > place).sort(([a], [b]) => a - b)[0];
      this.track.insertBefore(button, next ? next[1] : null);
      this.made.set(place, button);
    }
  }

  window.sunspot.Filmstrip = Filmstrip;
})();
