// Counts down what the server said is left: <div data-countdown="258">. The clock of the person's machine is not asked.
// The figures are no live region; one minute before the end, and at the end, the hidden status line speaks.
// When it ends: a "countdown:end" event, and what data-enables names may be pressed again.

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function start(element) {
  if (element.dataset.started) return;
  element.dataset.started = "true";
  const total = Number(element.dataset.countdown);
  const from = performance.now();
  const status = element.querySelector("[data-countdown-said]");
  const target = element.dataset.enables && document.querySelector(element.dataset.enables);
  if (target) target.disabled = true;

  const timer = setInterval(() => {
    if (!element.isConnected) return clearInterval(timer);
    const left = Math.max(0, Math.ceil(total - (performance.now() - from) / 1000));
    element.querySelector("progress").value = left;
    element.querySelector("[data-countdown-left]").textContent = clock(left);
    element.classList.toggle("is-late", left <= 60 && "late" in element.dataset);
    if (left <= 60 && total > 60 && !status.textContent) status.textContent = element.dataset.minute;
    if (left > 0) return;
    clearInterval(timer);
    status.textContent = element.dataset.end;
    if (target) target.disabled = false;
    element.dispatchEvent(new CustomEvent("countdown:end", { bubbles: true }));
  }, 1000);
}

function startAll(root) {
  if (root.matches?.("[data-countdown]")) start(root);
  root.querySelectorAll("[data-countdown]").forEach(start);
}

startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.target));
