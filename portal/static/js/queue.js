// Keys of a queue: the letter that a hint shows does what a press of its link or button does, or goes to its field. Without scripts no hint is shown.
// Whoever types by voice or by chance turns the keys off, for this browser.

const OFF = "keys-are-off";

/** @returns {boolean} */
function areOn() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true; // a browser that keeps nothing has the keys
  }
}

/** @param {boolean} isOn */
function turn(isOn) {
  try {
    if (isOn) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "");
  } catch {
    // they are on again on the next page
  }
}

/** @param {HTMLElement} hint @returns {HTMLElement | null} */
function subject(hint) {
  return hint.dataset.field ? document.getElementById(hint.dataset.field) : hint.closest("a, button");
}

/** @type {HTMLElement[]} */
const hints = [...document.querySelectorAll("kbd[data-key]")];
/** @type {HTMLInputElement | null} */
const keys = document.querySelector("[data-keys]");

function show() {
  for (const hint of hints) {
    hint.hidden = !areOn();
    if (areOn()) subject(hint)?.setAttribute("aria-keyshortcuts", String(hint.dataset.key));
    else subject(hint)?.removeAttribute("aria-keyshortcuts");
  }
}

/** @param {KeyboardEvent} event */
function press(event) {
  const typing = event.target instanceof Element && event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea");
  if (typing || event.repeat || event.ctrlKey || event.altKey || event.metaKey || !areOn()) return;
  const hint = hints.find((item) => item.dataset.key === event.key.toLowerCase());
  const target = hint && subject(hint);
  if (!hint || !target) return;
  event.preventDefault();
  if (hint.dataset.field) {
    target.closest("details")?.setAttribute("open", "");
    target.focus();
  } else target.click();
}

// Whoever works from the keyboard goes on from what is open, and not from the top of the page.
/** @type {HTMLElement | null} */
const opened = document.querySelector("[data-opened]");
opened?.focus({ preventScroll: true });

if (keys) {
  keys.checked = areOn();
  keys.closest("[hidden]")?.removeAttribute("hidden");
  keys.addEventListener("change", () => {
    turn(keys.checked);
    show();
  });
  document.addEventListener("keydown", press);
  show();
}
