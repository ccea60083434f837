// Uploads files from the Dataset page, three at a time, each with its own progress bar.
(() => {
  const AT_ONCE = 3;
  const BUSY = 503;
  const LOOK_MS = 1000;
  const waiting = [];
  let running = 0;

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  };

  const add = (zone, file) => {
    const list = document.getElementById("dataset-uploads");
    const row = element("div", "upload");
    const name = element("span", "upload-name", file.name);
    const state = element("span", "upload-state", "waiting");
    const bar = element("progress", "upload-bar");
    const button = element("button", "btn btn-sm btn-outline-secondary", "Cancel");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `progress of ${file.name}`);
    row.append(name, bar, state, button);
    place(list, row);
    const item = { zone, file, row, state, bar, button, request: null };
    button.onclick = () => (item.request ? item.request.abort() : drop(item));
    waiting.push(item);
    queueMicrotask(next);
  };

  // Puts a row at the top, but below the files that were refused: they are what the user has to look at.
  const REFUSED = ".upload[data-state=rejected], .upload[data-state=failed]";
  const place = (list, row) => {
    const refused = row.matches(REFUSED) ? [] : [...list.querySelectorAll(REFUSED)];
    if (refused.length) refused.at(-1).after(row);
    else list.prepend(row);
  };

  const drop = (item) => {
    const index = waiting.indexOf(item);
    if (index >= 0) waiting.splice(index, 1);
    ended(item, "cancelled", "");
  };

  const ended = (item, state, reason, details = []) => {
    item.request = null;
    item.row.dataset.state = state;
    if (item.row.matches(REFUSED)) place(item.row.parentElement, item.row);
    if (details.length) {
      const list = element("details", "upload-details");
      list.append(element("summary", "", `Files with a remark: ${details.length}`));
      const lines = element("ul", "problems");
      lines.tabIndex = 0;
      lines.append(...details.map((line) => element("li", "", line)));
      list.append(lines);
      list.open = state === "rejected" || details.some((line) => line.includes(": rejected"));
      item.row.append(list);
    }
    item.state.textContent = reason ? `${state}: ${reason}` : state;
    item.bar.hidden = true;
    const again = state === "failed" || state === "cancelled";
    item.button.textContent = again ? "Retry" : "Dismiss";
    item.button.onclick = () => {
      item.row.remove();
      if (again) add(item.zone, item.file);
      else summary();
    };
    summary();
  };

  const dismissAll = () => {
    document.querySelectorAll("#dataset-uploads .upload[data-state]").forEach((row) => row.remove());
    summary();
  };

  const summary = () => {
    const rows = [...document.querySelectorAll("#dataset-uploads .upload")];
    const count = (state) => rows.filter((row) => row.dataset.state === state).length;
    const open = rows.filter((row) => !row.dataset.state).length;
    document.getElementById("dataset-upload-summary").textContent = rows.length
      ? `${count("accepted")} accepted, ${count("duplicate")} duplicate, ${count("rejected")} rejected, ` +
        (count("waiting") ? `${count("waiting")} waiting for your decision, ` : "") +
        `${count("failed") + count("cancelled")} not sent` + (open ? `, ${open} remaining` : "")
      : "";
    document.getElementById("dataset-upload-dismiss").hidden = open === rows.length;
  };

  // Labels go last, so that they find the drawings that were dropped with them.
  const isLabels = (item) => item.file.name.toLowerCase().endsWith(".json");

  const next = () => {
    summary();
    while (running < AT_ONCE && waiting.length) {
      let index = waiting.findIndex((item) => !isLabels(item));
      if (index < 0) {
        if (running) return;
        index = 0;
      }
      running += 1;
      send(waiting.splice(index, 1)[0]);
    }
  };

  const send = (item) => {
    const request = new XMLHttpRequest();
    item.request = request;
    item.state.textContent = "sending";
    const token = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("-");
    // A name that is not valid Unicode cannot be encoded; the server gives such a file another name.
    const name = encodeURIComponent(item.file.name.replace(/\p{Surrogate}/gu, "\ufffd"));
    request.open("PUT", sunspot.url(`/upload/${item.zone.dataset.role}?name=${name}&token=${token}`));
    request.setRequestHeader("X-Sunspot", "upload");
    request.upload.onprogress = (event) => { item.bar.value = event.loaded / event.total; };
    request.upload.onload = () => check(item, request, token);
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch (error) { answer = {}; }
      if (request.status === BUSY) {
        later(item, Number(request.getResponseHeader("Retry-After")) || 1);
        return;
      }
      if (request.status === 200) ended(item, answer.state, answer.reason, answer.details);
      else ended(item, "failed", answer.reason || `the server answered ${request.status}`);
    };
    request.onerror = () => ended(item, "failed", "the server cannot be reached");
    request.onabort = () => ended(item, "cancelled", "");
    request.onloadend = () => { running -= 1; next(); };
    request.send(item.file);
  };

  // Shows how far the server is with the check of a file, which takes minutes for a large label file.
  const check = (item, request, token) => {
    item.state.textContent = "checking";
    const look = () => {
      if (item.request !== request) return; // it has ended
      fetch(sunspot.url(`/upload-progress/${token}`)).then((answer) => answer.json()).then(({ done, of }) => {
        if (item.request !== request) return;
        if (of) {
          item.bar.value = done / of;
          item.state.textContent = `checking ${Math.floor((100 * done) / of)} %`;
        }
      }).catch(() => {}).finally(() => setTimeout(look, LOOK_MS));
    };
    setTimeout(look, LOOK_MS);
  };

  // The server is checking other files: sends the file again after a while, in its turn.
  const later = (item, seconds) => {
    item.request = null;
    item.bar.value = 0;
    item.state.textContent = "waiting";
    setTimeout(() => {
      if (item.row.dataset.state) return; // cancelled meanwhile
      waiting.unshift(item);
      next();
    }, seconds * 1000);
  };

  // Marks the uploads that waited for a decision once none waits any more.
  let undecided = false;
  const decided = (tokens) => {
    if (tokens.length) undecided = true;
    else if (undecided) {
      undecided = false;
      document.querySelectorAll("#dataset-uploads .upload[data-state=waiting]").forEach((row) => {
        row.dataset.state = "decided";
        row.querySelector(".upload-state").textContent = "decided under Labels";
      });
      summary();
    }
    return window.dash_clientside.no_update;
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { uploads: { decided } });

  // Returns the files of a dropped folder and of the folders in it; a browser hands them over in parts.
  const filesOf = async (entry) => {
    if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    const reader = entry.createReader();
    const found = [];
    for (let part; (part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length;) found.push(...part);
    return (await Promise.all(found.map(filesOf))).flat();
  };

  // Folders hold files that no one put there, such as .DS_Store.
  const addFolder = (zone, files) => files.filter((file) => !file.name.startsWith(".")).forEach((file) => add(zone, file));

  const zoneOf = (event) => event.target.closest ? event.target.closest(".drop") : null;
  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    if (zone) { event.preventDefault(); zone.classList.add("over"); }
  });
  document.addEventListener("dragleave", (event) => zoneOf(event)?.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("over");
    const entries = [...event.dataTransfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry());
    [...event.dataTransfer.files].forEach((file, index) => { if (!entries[index]?.isDirectory) add(zone, file); });
    entries.filter((entry) => entry?.isDirectory).forEach((folder) => filesOf(folder).then((files) => addFolder(zone, files)));
  });
  document.addEventListener("click", (event) => {
    if (event.target.id === "dataset-upload-dismiss") dismissAll();
    if (!event.target.matches || !event.target.matches(".choose-files, .choose-folder")) return;
    const zone = event.target.closest(".drop");
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.webkitdirectory = event.target.matches(".choose-folder");
    input.onchange = () => (input.webkitdirectory ? addFolder(zone, [...input.files]) : [...input.files].forEach((file) => add(zone, file)));
    input.click();
  });
})();
