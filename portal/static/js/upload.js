// Sending files: how far they are on their way is shown, and a connection that breaks loses nothing that was chosen. Without this module the browser
// posts the same form by itself.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form#envoi"));
const progress = /** @type {HTMLElement | null} */ (document.querySelector("[data-upload-progress]"));
const failure = /** @type {HTMLElement | null} */ (document.querySelector("[data-upload-failed]"));

/** @param {boolean} isBusy */
function show(isBusy) {
  if (!form || !progress) return;
  progress.hidden = !isBusy;
  form.ariaBusy = isBusy ? "true" : null;
}

/** @param {ProgressEvent} event */
function advance(event) {
  const bar = progress?.querySelector("progress");
  const status = /** @type {HTMLElement | null | undefined} */ (progress?.querySelector("[role=status]"));
  if (!bar || !status || !event.lengthComputable) return;
  bar.value = (100 * event.loaded) / event.total;
  if (event.loaded === event.total) status.textContent = status.dataset.done ?? "";
}

/** @param {SubmitEvent} event */
function send(event) {
  if (!form || !failure) return;
  event.preventDefault();
  if (form.ariaBusy) return;
  failure.hidden = true;
  show(true);
  const request = new XMLHttpRequest();
  const fail = () => {
    show(false);
    failure.hidden = false;
  };
  request.upload.addEventListener("progress", advance);
  request.addEventListener("error", fail);
  request.addEventListener("load", () => {
    const next = request.getResponseHeader("x-upload");
    if (next) location.assign(next);
    else fail();
  });
  request.open("POST", form.action);
  request.setRequestHeader("x-upload", "1");
  request.send(new FormData(form, event.submitter));
}

form?.addEventListener("submit", send);
addEventListener("pageshow", () => show(false));
