// Offline, a form stays where it is with all that was typed, and says so, instead of giving way to the browser's error page.
document.addEventListener(
  "submit",
  (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopPropagation();
    const text = document.querySelector("[data-toasts]").dataset.offline;
    document.dispatchEvent(new CustomEvent("toast", { detail: { text } }));
  },
  true, // before htmx sees it
);
