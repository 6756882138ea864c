// Copy buttons: <button class="btn copy" data-copy="#id of what to copy">. Without the clipboard (plain http on a
// name other than localhost) the text is selected instead, ready for Ctrl+C.
const DONE = 2_000;

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
  } catch {
    select(source);
    return;
  }
  button.classList.add("is-done");
  button.querySelector("[data-copy-said]").textContent = button.dataset.copied;
  setTimeout(() => {
    button.classList.remove("is-done");
    button.querySelector("[data-copy-said]").textContent = "";
  }, DONE);
});
