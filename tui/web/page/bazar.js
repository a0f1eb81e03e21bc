// Tells textual.js where the app is: on the machine that this page came from, whatever its name.
const terminal = document.getElementById("terminal");
const socket = new URL("ws", window.location.href);
socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
socket.search = "";
terminal.dataset.sessionWebsocketUrl = socket.href;

const size = Number(new URLSearchParams(window.location.search).get("fontsize"));
terminal.dataset.fontSize = size >= 6 && size <= 60 ? size : 16;

document.getElementById("again").addEventListener("click", () => window.location.reload());
// The terminal measures its cells when it opens, so the font has to be there by then.
document.fonts.load("16px 'Roboto Mono'");

// Textual asks nothing for a window that nobody looks at, and learns of it from the focus.
new MutationObserver((_changes, observer) => {
  if (!document.body.classList.contains("-first-byte")) return;
  observer.disconnect();
  const keys = terminal.querySelector("textarea");
  keys.blur();
  keys.focus();
}).observe(document.body, { attributeFilter: ["class"] });
