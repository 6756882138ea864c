// Passkeys: <input type="hidden" data-passkey="get" data-options="#id"> in a form. Submitting it asks the device first:
// "get" signs a challenge, "create" makes a new passkey; the options are JSON of ours, the answer goes into the input.
// data-cannot and data-nothing say, in the page's language, what to do when that is not possible or came to nothing.

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

function text(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function named(list) {
  return (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
}

function parsed({ publicKey: options }) {
  const ready = { ...options, challenge: bytes(options.challenge) };
  if (options.user) ready.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) ready.allowCredentials = named(options.allowCredentials);
  if (options.excludeCredentials) ready.excludeCredentials = named(options.excludeCredentials);
  return ready;
}

function written(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) answer[name] = text(response[name]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  });
}

function say(form, words) {
  const line = form.querySelector("[data-passkey-said]");
  line.querySelector("span").textContent = words;
  line.hidden = !words;
}

async function ask(form, input) {
  say(form, "");
  const publicKey = parsed(JSON.parse(document.querySelector(input.dataset.options).textContent));
  try {
    const credential = await navigator.credentials[input.dataset.passkey]({ publicKey });
    input.value = written(credential);
  } catch {
    say(form, input.dataset.nothing); // refused, timed out, or made already: browsers tell these apart for nobody
    return;
  }
  form.requestSubmit();
}

document.addEventListener("submit", (event) => {
  const input = event.target.querySelector("[data-passkey]");
  if (!input || input.value) return;
  if (event.submitter && !event.submitter.matches("[data-passkey-start]")) return; // another button of the form
  event.preventDefault();
  if (window.PublicKeyCredential) ask(event.target, input);
  else say(event.target, input.dataset.cannot);
});
