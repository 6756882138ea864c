// Light, dark, or as the system has it. A plain script in <head>, so that no page flashes in the wrong colours.
// The key and its words ("auto", "light", "dark") are Django admin's, so one choice holds on both sides.
"use strict";
{
  const root = document.documentElement;

  function stored() {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // storage may be forbidden; the system's choice needs none
    }
  }

  function show(theme) {
    root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-choice] button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  }

  show(stored());
  document.addEventListener("DOMContentLoaded", () => show(stored()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice] button");
    if (!button) return;
    show(button.value);
    try {
      localStorage.setItem("theme", button.value);
    } catch {
      return; // holds for this page only
    }
  });
}
