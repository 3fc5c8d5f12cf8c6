// Has this run sheet kept on the device, and says so once it is.
"use strict";

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.addEventListener("message", (event) => {
    const note = document.getElementById("kept");
    if (event.data === "kept" && note) note.hidden = false;
  });
  navigator.serviceWorker
    .register("/run-sheets/worker.js", { scope: "/run-sheets", updateViaCache: "none" })
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => registration.active.postMessage("keep"))
    .catch(() => {}); // Without it the page works as it does without JavaScript.
}
