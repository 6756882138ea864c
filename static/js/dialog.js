// <a href="/…/delete/" data-dialog> shows the .dialog of that page over this one. The page itself is the same form, so
// without this script, or when it cannot be fetched, the link simply leads there.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const box = await fetchBox(link.href);
  if (!box) return location.assign(link.href);
  show(box, link.href);
});

async function fetchBox(url) {
  try {
    const response = await fetch(url);
    if (!response.ok || response.redirected) return null; // a fresh sign-in may stand in between
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("main .dialog");
  } catch {
    return null;
  }
}

function show(box, url) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.append(...box.childNodes);
  const heading = dialog.querySelector("h1, h2");
  heading.id ||= "dialog-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  for (const form of dialog.querySelectorAll("form:not([action])")) form.action = url;
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog && !event.target.closest("[data-dialog-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
