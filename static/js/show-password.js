// The eye beside a password: shows it, and hides it again before it is sent, so that no browser remembers it as text.
function set(button, isShown) {
  button.setAttribute("aria-pressed", String(isShown));
  document.getElementById(button.getAttribute("aria-controls")).type = isShown ? "text" : "password";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (button) set(button, button.getAttribute("aria-pressed") !== "true");
});
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-show-password]")) set(button, false);
});
