// The calendar: one tab stop and the keys of the ARIA grid pattern, and the price of the basket asked for at each change.
// Everything it does can be done without it: the cells are checkboxes and buttons of a form that the server prices.

/** @typedef {HTMLInputElement | HTMLButtonElement} Control  a checkbox, or the button that says why not */

const QUOTE_DELAY_MS = 150;

/** The controls of a table, row by row; a hole where nothing takes place. @param {HTMLTableElement} table */
function readGrid(table) {
  return [...table.tBodies[0].rows].map((row) =>
    [...row.cells].slice(1).map((cell) => /** @type {Control | null} */ (cell.querySelector("input[type=checkbox], button.cell"))),
  );
}

/** Table roles become grid roles, now that the keys of a grid work. @param {HTMLTableElement} table */
function nameRoles(table) {
  table.setAttribute("role", "grid");
  for (const cell of table.querySelectorAll("td[role=cell]")) cell.setAttribute("role", "gridcell");
}

/** @param {HTMLTableElement} table */
function enhanceGrid(table) {
  const grid = readGrid(table);
  const controls = grid.flat().filter((control) => control !== null);
  if (controls.length === 0) return;
  nameRoles(table);
  for (const control of controls) control.tabIndex = -1;
  controls[0].tabIndex = 0;
  let [row, column] = place(grid, controls[0]);

  table.addEventListener("focusin", (event) => {
    const control = /** @type {Control} */ (event.target);
    if (!controls.includes(control)) return;
    for (const other of controls) other.tabIndex = other === control ? 0 : -1;
    [row, column] = place(grid, control);
  });
  table.addEventListener("keydown", (event) => {
    if (!controls.includes(/** @type {Control} */ (event.target))) return;
    if (act(event, grid, row, column)) event.preventDefault();
  });
}

/** @param {(Control | null)[][]} grid @param {Control} control @returns {[number, number]} */
function place(grid, control) {
  const row = grid.findIndex((line) => line.includes(control));
  return [row, grid[row].indexOf(control)];
}

/** Do what a key asks for; false when the key is not ours.
 * @param {KeyboardEvent} event @param {(Control | null)[][]} grid @param {number} row @param {number} column */
function act(event, grid, row, column) {
  const line = grid[row];
  const file = grid.map((cells) => cells[column]);
  if (event.key === " " && event.shiftKey) return toggleAll(line);
  if (event.key === " " && event.ctrlKey) return toggleAll(file);
  if (event.key === "?") return openLegend();
  if (event.altKey || event.metaKey) return false;
  switch (event.key) {
    case "ArrowRight": return focusFirst(line.slice(column + 1));
    case "ArrowLeft": return focusFirst(line.slice(0, column).reverse());
    case "ArrowDown": return focusFirst(file.slice(row + 1));
    case "ArrowUp": return focusFirst(file.slice(0, row).reverse());
    case "Home": return focusFirst(event.ctrlKey ? grid.flat() : line);
    case "End": return focusFirst((event.ctrlKey ? grid.flat() : [...line]).reverse());
    case "PageUp": return goTo("previous");
    case "PageDown": return goTo("next");
    default: return false;
  }
}

/** Focus the first control of a path, if it has one; at an edge the focus stays where it is.
 * @param {(Control | null)[]} path */
function focusFirst(path) {
  path.find((control) => control !== null)?.focus();
  return true;
}

/** Tick every box of a row or column; clear them when all were ticked already. @param {(Control | null)[]} path */
function toggleAll(path) {
  const boxes = /** @type {HTMLInputElement[]} */ (path.filter((control) => control instanceof HTMLInputElement));
  const value = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = value;
  boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

/** @param {"previous" | "next"} direction */
function goTo(direction) {
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-go=${direction}]`))?.click();
  return true;
}

function openLegend() {
  const legend = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-legend]"));
  if (!legend) return false;
  legend.open = true;
  legend.querySelector("summary")?.focus();
  return true;
}

/** Ask for the basket's price after each change, forgetting the question before. @param {HTMLFormElement} form */
function enhanceBasket(form) {
  const live = /** @type {HTMLElement} */ (form.querySelector("[data-live]"));
  let asked = new AbortController();
  let timer = 0;

  async function ask() {
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    form.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
      const answer = await fetch(form.dataset.quoteUrl ?? "", { method: "POST", body, signal, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(`the quote was answered ${answer.status}`);
      // Whoever is signed out is led to the sign-in page, which holds no basket.
      if (answer.redirected) say(form.dataset.signedOut ?? "", true);
      else show(await answer.text());
    } catch {
      if (!signal.aborted) say(form.dataset.quoteFailed ?? "", true);
    }
    if (!signal.aborted) form.removeAttribute("aria-busy");
  }

  /** Tell what became of the price; a failure is seen too. @param {string} text @param {boolean} isFailure */
  function say(text, isFailure) {
    live.textContent = text;
    live.className = isFailure ? "alert error" : "visually-hidden";
  }

  /** @param {string} html */
  function show(html) {
    const fragment = new DOMParser().parseFromString(html, "text/html").querySelector("[data-basket]");
    if (!(fragment instanceof HTMLElement)) throw new Error("the quote held no basket");
    form.querySelector("[data-basket]")?.replaceWith(fragment);
    say(fragment.dataset.announce ?? "", false);
  }

  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUOTE_DELAY_MS);
  });
  // Coming back, a browser may tick what was ticked, beside the basket as it was first drawn.
  addEventListener("pageshow", () => {
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    if (boxes.some((box) => box instanceof HTMLInputElement && box.checked !== box.defaultChecked)) ask();
  });
}

for (const table of document.querySelectorAll("[data-grid]")) enhanceGrid(/** @type {HTMLTableElement} */ (table));
for (const form of document.querySelectorAll("[data-quote-url]")) enhanceBasket(/** @type {HTMLFormElement} */ (form));
