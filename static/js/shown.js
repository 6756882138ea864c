// Tells our own server what risk looks at and no request says: <input type="hidden" data-shown="shown_zone">.
// Only what the page has a field for is read. A fingerprint leaves the page as one number, under its library's version.

async function fingerprint() {
  const agent = await window.FingerprintJS.load({ monitoring: false });
  const found = await agent.get();
  return `${found.version} ${found.visitorId}`;
}

const tells = {
  shown_zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  shown_fingerprint: fingerprint,
};

for (const field of document.querySelectorAll("[data-shown]")) {
  Promise.resolve()
    .then(tells[field.dataset.shown])
    .then((told) => { field.value = told || ""; })
    .catch(() => { field.value = ""; }); // what cannot be read counts as missing, which asks for more proof
}
