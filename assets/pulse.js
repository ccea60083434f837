// Asks the server for the pulse of the workspace, and calls the callbacks of the page when it is another one: not while
// nobody sees the page, and not while answers are on their way, since Dash drops an answer to a callback that is called
// again.
(() => {
  const EVERY_MS = 1500;
  const LONGEST_MS = 15000; // that answers are waited for
  const CALLBACK = "_dash-update-component";
  const [PULSE, OFFLINE] = ["shell-pulse", "shell-offline"];
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  let shown = null; // the pulse that the page is from; null until the page is there
  let changed = 0; // when it was last another one, ms
  let failures = 0;

  let waiting = 0; // number of answers to callbacks
  const { fetch } = window;
  window.fetch = (address, ...more) => {
    const answer = fetch(address, ...more);
    if (!String(address.url || address).includes(CALLBACK)) return answer;
    waiting += 1;
    const done = () => { waiting -= 1; };
    answer.then(done, done);
    return answer;
  };

  const ask = async () => {
    if (shown === null || document.hidden) return;
    try {
      const answer = await fetch(sunspot.url("/pulse"), { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const pulse = await answer.text();
      if (failures > 1) set(OFFLINE, { hidden: true });
      failures = 0;
      if (pulse === shown || (waiting && performance.now() - changed < LONGEST_MS)) return;
      changed = performance.now();
      set(PULSE, { data: pulse });
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
