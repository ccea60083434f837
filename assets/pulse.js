// Asks the server for the pulse of the workspace, and calls the callbacks of the page when it is another one. A page
// that nobody sees does not ask.
(() => {
  const EVERY_MS = 1500;
  const [PULSE, OFFLINE] = ["shell-pulse", "shell-offline"];
  let shown = null; // the pulse that the page is from; null until the page is there
  let failures = 0;
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const ask = async () => {
    if (shown === null || document.hidden) return;
    try {
      const answer = await fetch(window.sunspot.url("/pulse"), { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const pulse = await answer.text();
      if (failures > 1) set(OFFLINE, { hidden: true });
      failures = 0;
      if (pulse !== shown) set(PULSE, { data: pulse });
    } catch {
      failures += 1;
      if (failures === 2) set(OFFLINE, { hidden: false });
    }
  };
  const beat = async () => {
    await ask();
    setTimeout(beat, EVERY_MS);
  };
  document.addEventListener("visibilitychange", ask);
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    pulse: { shown: (pulse) => { shown = pulse; } },
  });
  beat();
})();
