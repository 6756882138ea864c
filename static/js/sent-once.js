// A form is sent once: a double click, or another one while the answer is awaited, adds nothing.
const sent = new WeakSet();

window.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return; // by a script that asks for something first, or sends the form itself
  if (sent.has(event.target)) {
    event.preventDefault();
    return;
  }
  sent.add(event.target);
  setTimeout(() => sent.delete(event.target), 3000); // a download leaves the page as it is
});

// Back and reload come to the page itself and not to what was sent to it, so that the browser has nothing to ask.
history.replaceState(history.state, "", location.href);
