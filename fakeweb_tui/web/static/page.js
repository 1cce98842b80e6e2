// What textual.js needs to know about the page, before it makes the terminal when the page has loaded.
"use strict";

const terminal = document.getElementById("terminal");
const socket = new URL("ws", window.location.href);
socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
socket.search = "";
terminal.dataset.sessionWebsocketUrl = socket.href;

// Keys are for the app at once, without a click; textual.js says so when it is connected.
new MutationObserver((_, observer) => {
  if (!document.body.classList.contains("-loaded")) return;
  observer.disconnect();
  terminal.querySelector("textarea").focus();
}).observe(document.body, { attributeFilter: ["class"] });

document.getElementById("again").addEventListener("click", () => window.location.reload());

// The app lives as long as its page: leaving it by mistake would lose what was tuned.
window.addEventListener("beforeunload", (event) => {
  const shown = document.body.classList;
  if (shown.contains("-first-byte") && !shown.contains("-closed")) event.preventDefault();
});
