// Toasts: those the server wrote into the page, and those that a script or an HX-Trigger header asks for:
//   HX-Trigger: {"toast": {"text": "Saved"}}     document.dispatchEvent(new CustomEvent("toast", {detail: {text}}))
// They leave after ten seconds, but not while a pointer or the focus is on them (WCAG 2.2.1).
const STAY = 10_000;
const region = document.querySelector("[data-toasts]");
const template = document.getElementById("toast-template");

function leaveLater(toast) {
  let timer;
  const start = () => (timer = setTimeout(() => toast.remove(), STAY));
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}

function say(text) {
  const isShown = [...region.querySelectorAll("[data-toast-text]")].some((one) => one.textContent === text);
  if (isShown) return; // a poll that fails every two seconds says so once
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-toast-text]").textContent = text;
  region.append(toast);
  leaveLater(toast);
}

// Put back what the server wrote: a live region only announces what comes into it later.
const written = [...region.children];
region.replaceChildren();
setTimeout(() => {
  for (const toast of written) {
    region.append(toast);
    leaveLater(toast);
  }
}, 100);

region.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) event.target.closest(".toast").remove();
});
document.addEventListener("toast", (event) => say(event.detail.text));
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => say(region.dataset.unreachable));
}
document.addEventListener("htmx:responseError", () => say(region.dataset.failed));
