// The terms of use: what accepts them opens, and turns green, once the end of the document was reached: by scrolling, by a jump past
// it, with the keyboard, or through the link that goes there. The server has the last word.

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
  // All that lies above the window counts as seen: whoever jumps to the bottom never has the end itself in sight.
  const above = { rootMargin: "10000000px 0px 0px 0px" };
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    unlock();
  }, above);
  observer.observe(end);
  document.querySelector("[data-to-end]")?.addEventListener("click", unlock);
}
