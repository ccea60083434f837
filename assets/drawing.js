// The open drawing on the page Dataset: full screen, and the scan itself over the visible part once the view is enlarged.
(() => {
  const [FRAME, VIEW, BUTTON] = ["dataset-frame", "dataset-view", "dataset-full-screen"];
  const PICTURE = 2400; // px of the longer side of a picture, as in services/drawing/images.py
  const MOST = 9e6; // px of a window, as in services/drawing/grey.py
  const LEAST = 100; // px: a lower graph is not shown yet
  const SHARPEN_MS = 150; // after the last movement
  let sharpening = 0;

  const within = (value, most) => Math.max(0, Math.min(most, value));

  const sharpen = (graph) => {
    const [picture, detail] = graph.layout?.images || [];
    if (!picture || !graph._fullLayout) return;
    const { sizex: width, sizey: height } = picture;
    const { xaxis, yaxis } = graph._fullLayout;
    const shown = xaxis._length / Math.abs(xaxis.range[1] - xaxis.range[0]); // px of the screen per px of the drawing
    const scale = Math.min(1, PICTURE / Math.max(width, height)); // of the picture
    if (scale === 1 || shown <= scale * 1.1) return;
    const [left, right] = [Math.floor(within(xaxis.range[0], width)), Math.ceil(within(xaxis.range[1], width))];
    const [top, bottom] = [Math.floor(within(yaxis.range[1], height)), Math.ceil(within(yaxis.range[0], height))];
    const covered = detail && detail.x <= left && detail.x + detail.sizex >= right && detail.y <= top && detail.y + detail.sizey >= bottom;
    if (covered || left >= right || top >= bottom || (right - left) * (bottom - top) > MOST) return;
    const [path, query] = picture.source.split("?");
    const source = `${path.replace(/view$/, "window")}?${new URLSearchParams({ left, top, right, bottom })}&${query || ""}`;
    Plotly.relayout(graph, { "images[1]": { ...picture, source, x: left, y: top, sizex: right - left, sizey: bottom - top } });
  };

  // Every redraw of the graph ends with an event that does not bubble; so the graph is listened to once it is there.
  const listen = () => {
    const graph = document.querySelector(`#${VIEW} .js-plotly-plot`);
    if (!graph?.on || graph.dataset.sharp) return;
    graph.dataset.sharp = "1";
    graph.on("plotly_afterplot", () => { clearTimeout(sharpening); sharpening = setTimeout(() => sharpen(graph), SHARPEN_MS); });
  };
  document.addEventListener("pointerover", (event) => { if (event.target.closest?.(`#${VIEW}`)) listen(); });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(`#${BUTTON}`)) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.getElementById(FRAME).requestFullscreen().then(listen);
  });
  // The whole screen is used once the view is enlarged, not only a part in the shape of the sheet.
  const fill = (graph) => {
    const [picture] = graph.layout.images;
    const { xaxis, yaxis } = graph._fullLayout;
    const ratio = document.fullscreenElement ? innerWidth / innerHeight : picture.sizex / picture.sizey;
    const half = (Math.abs(yaxis.range[1] - yaxis.range[0]) * ratio) / 2;
    const centre = (xaxis.range[0] + xaxis.range[1]) / 2;
    Plotly.relayout(graph, { "xaxis.range": [centre - half, centre + half] });
  };
  document.addEventListener("fullscreenchange", () => {
    window.dispatchEvent(new Event("resize"));
    const graph = document.querySelector(`#${VIEW} .js-plotly-plot`);
    if (graph?.layout?.images?.length) fill(graph);
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    drawing: {
      // Brings the opened drawing into view where it is below the list.
      reveal: (key) => {
        const frame = document.getElementById(FRAME);
        const byKey = document.activeElement?.matches(".ag-cell:focus-visible"); // the focus would be left out of sight
        const drawn = new ResizeObserver(() => {
          if (frame.offsetHeight < LEAST) return; // it is about to be shown
          drawn.disconnect();
          frame.scrollIntoView({ block: "nearest" });
          if (byKey) frame.closest(".card").querySelector("h2").focus({ preventScroll: true });
        });
        if (key) drawn.observe(frame);
        return window.dash_clientside.no_update;
      },
    },
  });
})();
