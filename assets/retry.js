// Loads a picture again that the server was too busy to make (see sunspot_dash/web/readers).
(() => {
  const RETRIES = 20;
  const WAIT_MS = 2000;
  const tries = new WeakMap();
  // The error of a picture does not bubble, so it is caught on the way down.
  document.addEventListener("error", (event) => {
    const picture = event.target;
    if (!(picture instanceof HTMLImageElement) || !/\/(media|found)\//.test(new URL(picture.src).pathname)) return;
    const tried = tries.get(picture) || 0;
    if (tried >= RETRIES) return;
    tries.set(picture, tried + 1);
    const address = picture.src;
    setTimeout(() => {
      if (picture.src !== address) return;
      fetch(address).then((answer) => {
        if (picture.src !== address) return;
        if (answer.ok || answer.status === 503) picture.src = address;
      }).catch(() => {});
    }, WAIT_MS);
  }, true);
})();
