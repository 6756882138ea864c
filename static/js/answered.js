// A page that waits for an answer given elsewhere: once a poll says that it came, the form around it goes on.
//   HX-Trigger: answered
document.addEventListener("answered", (event) => event.target.closest("form")?.requestSubmit());
