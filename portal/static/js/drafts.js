// A page of a draft keeps itself a second after the last letter, and when it is left: nothing that was typed needs a button. Without this module each press of
// one keeps the page, as before.

const QUIET_MS = 1_000;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form#brouillon"));
let pending = 0;
let sending = new AbortController();

/** Post the form as it stands. What became of it is said at the next press in any case. */
function keep() {
  if (!form || !pending) return;
  settle();
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  body.set("step", "auto");
  sending = new AbortController();
  fetch(form.action, { method: "POST", body, keepalive: true, signal: sending.signal }).catch(() => {});
}

/** Whatever was to be kept is on its way. */
function settle() {
  clearTimeout(pending);
  pending = 0;
  sending.abort();
}

form?.addEventListener("input", () => {
  clearTimeout(pending);
  pending = setTimeout(keep, QUIET_MS);
});
form?.addEventListener("change", keep);
// What is pressed keeps the same and more: an older copy must not come after it.
form?.addEventListener("submit", settle);
addEventListener("beforeunload", keep);
