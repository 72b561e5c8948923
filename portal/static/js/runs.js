// A run at work tells its progress without a reload: its page is read again every few seconds, and what that says of the progress takes the place of
// what was shown. Once the run works no more, the page is loaded again, for its report. Without scripts, and where the page cannot be read, "Actualiser" does it.

const EVERY_MS = 4000;
const TELLING = "[data-run-progress]";

/** @param {Element} shown */
async function tell(shown) {
  if (document.hidden) return;
  const answer = await fetch(location.href, { redirect: "error" });
  if (!answer.ok) return;
  const read = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(TELLING);
  if (read) shown.replaceChildren(...read.childNodes);
  else location.reload();
}

const shown = document.querySelector(TELLING);
if (shown) {
  setInterval(() => {
    tell(shown).catch(() => {}); // the network is away for a moment: the next look tells
  }, EVERY_MS);
}
