// The terms of use: what accepts them opens, and turns green, once the end of the document was reached: by scrolling, with
// the keyboard, or through the link that goes there. The server has the last word.

const end = document.querySelector("[data-terms-end]");
const status = /** @type {HTMLElement | null} */ (document.querySelector("[data-terms-status]"));
const controls = /** @type {NodeListOf<HTMLButtonElement | HTMLInputElement>} */ (
  document.querySelectorAll("[data-locked-until-read], input[type=checkbox][name=is_accepted]")
);

function unlock() {
  for (const control of controls) {
    control.disabled = false;
    if (control.matches("button")) control.classList.add("success");
  }
  if (status) status.textContent = status.dataset.done ?? "";
}

if (end && controls.length > 0) {
  for (const control of controls) control.disabled = true;
  if (status) status.textContent = status.dataset.todo ?? "";
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    unlock();
  });
  observer.observe(end);
  document.querySelector("[data-to-end]")?.addEventListener("click", unlock);
}
