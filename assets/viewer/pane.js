// One view of a drawing: the picture in a Leaflet map, whose coordinates are px of the drawing, below a canvas.
(() => {
  const DEEPEST = 4; // zoom at which a pixel of the drawing covers 16 px of the screen
  const OUT = 1.5; // zoom levels below the whole drawing
  const MARGIN = 1.06; // around the disk
  const [ABOVE, BELOW] = [50, 36]; // px of the screen, for the tools and the line below

  const PICTURE = 2400; // px of the longer side of a picture, as in services/drawing/images.py
  const MOST = 9e6; // px of a window, as in services/drawing/grey.py
  const SHARPEN_MS = 120; // after the last movement
  const ON_PAPER = 3; // px of the canvas per px of the page

  const pair = (event) => [event.latlng.lng, -event.latlng.lat];

  class Pane {
    // `kind` is "original", "mask" or "overlay"; `scene` holds what is painted, see viewer.js.
    constructor(host, kind, scene, moved) {
      this.kind = kind;
      this.scene = scene;
      this.fitted = "";
      this.box = document.createElement("div");
      this.box.className = "pane";
      this.box.pane = this; // for print.js
      host.append(this.box);
      this.map = L.map(this.box, {
        crs: L.CRS.Simple, zoomSnap: 0, maxZoom: DEEPEST, zoomControl: false, attributionControl: false, keyboard: false,
        boxZoom: false, zoomAnimation: false, fadeAnimation: false, inertia: false, wheelPxPerZoomLevel: 110, wheelDebounceTime: 16,
      });
      this.canvas = document.createElement("canvas");
      const name = document.createElement("div");
      name.className = "pane-name";
      name.textContent = kind;
      this.box.append(this.canvas, name);
      this.context = this.canvas.getContext("2d");
      this.following = false;
      this.map.on("move zoom viewreset", () => this.draw());
      this.map.on("move", () => { if (!this.following) moved(this); });
      this.map.on("dragstart", () => { this.fitted = ""; });
      this.box.addEventListener("wheel", () => { this.fitted = ""; }, { passive: true });
      this.map.on("mousemove", (event) => this.scene.pointed(this, pair(event), event.containerPoint));
      this.map.on("mouseout", () => this.scene.pointed(this, null));
      this.map.on("click", (event) => this.scene.clicked(this, pair(event)));
      this.map.on("moveend", () => { clearTimeout(this.sharpening); this.sharpening = setTimeout(() => this.sharpen(), SHARPEN_MS); });
      new ResizeObserver(() => this.resized()).observe(this.box);
    }

    // Puts the scan itself over the visible part where the picture has fewer pixels than the screen shows.
    async sharpen() {
      const { content } = this.scene;
      if (!this.ready || !this.visible || this.kind === "mask") return;
      const { width, height, key, picture } = content;
      const scale = Math.min(1, PICTURE / Math.max(width, height)); // of the picture
      if (scale === 1 || this.scale <= scale * 1.1) return;
      if (!(await this.scene.scan()) || this.scene.content.key !== content.key) return;
      const bounds = this.map.getBounds().pad(0.15);
      const within = (value, most) => Math.max(0, Math.min(most, value));
      const [left, right] = [Math.floor(within(bounds.getWest(), width)), Math.ceil(within(bounds.getEast(), width))];
      const [top, bottom] = [Math.floor(within(-bounds.getNorth(), height)), Math.ceil(within(-bounds.getSouth(), height))];
      const old = this.detail;
      if (old && old.key === key && old.left <= left && old.right >= right && old.top <= top && old.bottom >= bottom) return;
      if (left >= right || top >= bottom || (right - left) * (bottom - top) > MOST) return;
      const query = new URLSearchParams({ left, top, right, bottom, v: picture.split("v=")[1] || "" });
      const image = L.imageOverlay(sunspot.url(`/media/${key}/window?${query}`), [[-bottom, left], [-top, right]], { className: "paper", zIndex: 2 });
      this.detail = { key, left, top, right, bottom, image };
      image.on("load", () => { if (old) old.image.remove(); if (this.detail?.image !== image) image.remove(); });
      image.addTo(this.map);
    }

    blur() {
      if (this.detail) this.detail.image.remove();
      this.detail = null;
    }

    get visible() { return this.box.offsetParent !== null; }
    get scale() { return 2 ** this.map.getZoom(); }

    // Shows the picture of the scene; nothing is painted before it has loaded.
    load() {
      const { picture, width, height } = this.scene.content;
      const name = `${picture} ${this.kind}`;
      if (this.shown === name) return this.loading;
      this.shown = name;
      this.ready = false;
      const bounds = [[-height, 0], [0, width]];
      const before = this.image;
      this.loading = new Promise((resolve) => {
        const done = () => {
          if (this.shown !== name) return;
          if (before) before.remove();
          this.blur();
          this.ready = true;
          this.fit("disk");
          resolve();
        };
        if (this.kind === "mask") { this.image = null; done(); return; }
        this.image = L.imageOverlay(sunspot.url(picture), bounds, { className: "paper" });
        this.image.on("load", done);
        if (!this.map._loaded) this.map.setView([-height / 2, width / 2], 0, { animate: false });
        this.image.addTo(this.map); // retry.js loads it again if the server is busy
      });
      return this.loading;
    }

    // Fits the disk, or the whole page, into the view.
    fit(what) {
      if (!this.visible || !this.scene.content) return;
      const { limb, width, height } = this.scene.content;
      let [left, top, right, bottom] = [0, 0, width, height];
      this.map.setMinZoom(Math.min(this.zoomFor(width, height) - OUT, DEEPEST));
      if (what === "disk" && limb) {
        const [xs, ys] = [0, 1].map((axis) => limb.map((point) => point[axis]));
        const [x, y] = [xs, ys].map((values) => (Math.min(...values) + Math.max(...values)) / 2);
        const half = (MARGIN * Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys))) / 2;
        [left, top, right, bottom] = [x - half, y - half, x + half, y + half];
      }
      this.fitted = what;
      const zoom = this.zoomFor(right - left, bottom - top);
      const lower = (ABOVE - BELOW) / 2 / 2 ** zoom;
      this.map.setView([-(top + bottom) / 2 + lower, (left + right) / 2], zoom, { animate: false });
    }

    zoomFor(width, height) {
      const size = this.map.getSize();
      return Math.log2(Math.max(1e-3, Math.min(size.x / width, (size.y - ABOVE - BELOW) / height)));
    }

    // Centres a place, at a scale in px of the screen per px of the drawing.
    focus(x, y, scale) {
      this.fitted = "";
      this.map.setView([-y, x], Math.min(DEEPEST, Math.log2(scale)), { animate: false });
    }

    follow(other) {
      this.following = true;
      this.map.setView(other.map.getCenter(), other.map.getZoom(), { animate: false });
      this.fitted = other.fitted;
      this.following = false;
    }

    // Keeps the centre when the pane has another size.
    resized() {
      if (!this.visible) return;
      const [centre, zoom] = this.map._loaded ? [this.map.getCenter(), this.map.getZoom()] : [];
      this.map.invalidateSize({ animate: false, pan: false });
      if (this.fitted) this.fit(this.fitted);
      else if (centre) this.map.setView(centre, zoom, { animate: false });
      this.draw();
    }

    draw() {
      if (!this.visible || !this.map._loaded) return;
      const printing = document.documentElement.classList.contains("printing");
      const [w, h, sharp] = [this.box.clientWidth, this.box.clientHeight, printing ? ON_PAPER : window.devicePixelRatio || 1];
      if (this.canvas.width !== Math.round(w * sharp) || this.canvas.height !== Math.round(h * sharp)) {
        this.canvas.width = Math.round(w * sharp);
        this.canvas.height = Math.round(h * sharp);
      }
      const context = this.context;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, this.canvas.width, this.canvas.height);
      if (!this.ready) return;
      const [origin, scale] = [this.map.latLngToContainerPoint([0, 0]), this.scale];
      context.setTransform(scale * sharp, 0, 0, scale * sharp, origin.x * sharp, origin.y * sharp);
      this.scene.paint(this, context, scale);
      context.setTransform(sharp, 0, 0, sharp, 0, 0);
      this.scene.write(this, context, [w, h], ([x, y]) => [origin.x + x * scale, origin.y + y * scale]);
    }
  }

  window.sunspot = Object.assign(window.sunspot || {}, { Pane });
})();
