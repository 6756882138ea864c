// A code field takes digits only, and "123 456" or "123-456" pasted from a message, which maxlength would cut short.
function put(input, text) {
  const digits = text.replace(/\D/g, "").slice(0, input.maxLength > 0 ? input.maxLength : undefined);
  if (digits !== input.value) input.value = digits; // writing moves the caret, so only when something changes
}

document.addEventListener("paste", (event) => {
  const input = event.target.closest("[data-code]");
  if (!input) return;
  event.preventDefault();
  const [from, to] = [input.selectionStart, input.selectionEnd];
  put(input, input.value.slice(0, from) + event.clipboardData.getData("text") + input.value.slice(to));
});
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-code]")) put(event.target, event.target.value);
});
