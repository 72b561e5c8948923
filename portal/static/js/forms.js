// Forms: a second press of a submit button sends nothing, and the error summary takes the focus.
// Without this module the server's idempotency keys do the same work.

const SENT = "data-sent";
const RENEWAL_MS = 120_000;

/** @param {SubmitEvent} event */
function guard(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || !form.matches("[data-guard]")) return;
  if (form.hasAttribute(SENT)) {
    event.preventDefault();
    return;
  }
  form.setAttribute(SENT, "");
  event.submitter?.setAttribute("aria-busy", "true");
}

/** Coming back to the page by the browser's own button finds the form ready again. */
function release() {
  for (const form of document.querySelectorAll(`[${SENT}]`)) form.removeAttribute(SENT);
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
}

/** Whoever types goes on having a form that one agent at a time edits: the server is told, every two minutes at most. @param {HTMLElement} mark */
function renewWhileTyping(mark) {
  let toldAt = Date.now();
  document.addEventListener("input", (event) => {
    const token = /** @type {HTMLInputElement} */ (event.target).form?.elements.namedItem("csrf_token");
    if (!token || Date.now() - toldAt < RENEWAL_MS) return;
    toldAt = Date.now();
    const body = new URLSearchParams({ csrf_token: /** @type {HTMLInputElement} */ (token).value });
    // Unheard, it is said again with the next letters; who has the form is told at the next press in any case.
    fetch(mark.dataset.renew ?? "", { method: "POST", body }).catch(() => {});
  });
}

/** A form that an authenticator fills in (passkeys.js), shown where there is one. @param {HTMLFormElement} form */
function offerPasskeys(form) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("answer"));
  const { module = "", failed = "" } = form.dataset;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    // What is missing in the form is said by the page that comes back, as in any other form.
    if (field.value || !form.checkValidity()) return;
    event.preventDefault();
    if (form.ariaBusy) return;
    form.ariaBusy = "true";
    try {
      await (await import(module)).ask(form);
    } catch {
      /** @type {HTMLElement} */ (form.querySelector("[role=status]")).textContent = failed;
    }
    form.ariaBusy = null;
  });
  // An answer counts once: coming back to the page asks again.
  addEventListener("pageshow", () => { field.value = ""; });
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) offerPasskeys(/** @type {HTMLFormElement} */ (form));
  for (const text of document.querySelectorAll("[data-without-passkeys]")) text.remove();
}
for (const mark of document.querySelectorAll("[data-renew]")) renewWhileTyping(/** @type {HTMLElement} */ (mark));
document.addEventListener("submit", guard);
addEventListener("pageshow", () => {
  release();
  // The page asks for this focus itself (autofocus), which some browsers refuse on anything but a field. A browser that
  // grants it does so before its first frame, and complains when somebody was faster: it is asked in that frame, after it.
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) {
      /** @type {HTMLElement | null} */ (document.querySelector("[data-error-summary]"))?.focus();
    }
  });
});
