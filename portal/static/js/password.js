// Password fields: a button shows what is typed, and the policy is ticked off rule by rule.

/** How many characters of a password count for a rule. @type {Record<string, (password: string) => number>} */
const COUNT = {
  length: (password) => [...password].length,
  lowercase: (password) => password.match(/\p{Ll}/gu)?.length ?? 0,
  uppercase: (password) => password.match(/\p{Lu}/gu)?.length ?? 0,
  digit: (password) => password.match(/\p{Nd}/gu)?.length ?? 0,
};

/** @param {HTMLInputElement} input @param {HTMLButtonElement} button */
function offerToShow(input, button) {
  const label = /** @type {HTMLElement} */ (button.querySelector("span"));
  const use = /** @type {SVGUseElement} */ (button.querySelector("use"));
  const icon = use.getAttribute("href") ?? "";
  /** @param {boolean} isShown */
  const show = (isShown) => {
    input.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
    label.textContent = (isShown ? button.dataset.hide : button.dataset.show) ?? "";
    use.setAttribute("href", isShown ? icon.replace(/#.*/, "#eye-off") : icon);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  // A browser must never keep a password as plain text among its remembered values.
  input.form?.addEventListener("submit", () => show(false));
}

/** @param {HTMLInputElement} input @param {HTMLElement} policy */
function tickPolicy(input, policy) {
  const met = policy.querySelector("ul")?.dataset.met ?? "";
  const rules = /** @type {NodeListOf<HTMLLIElement>} */ (policy.querySelectorAll("[data-rule]"));
  const update = () => {
    for (const rule of rules) {
      const isMet = COUNT[rule.dataset.rule ?? ""](input.value) >= Number(rule.dataset.minimum);
      if (isMet === rule.classList.contains("met")) continue;
      rule.classList.toggle("met", isMet);
      rule.querySelector(".visually-hidden")?.remove();
      if (isMet) rule.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${met}` }));
    }
  };
  input.addEventListener("input", update);
  update();
}

for (const box of document.querySelectorAll(".password")) {
  const input = /** @type {HTMLInputElement} */ (box.querySelector("input"));
  offerToShow(input, /** @type {HTMLButtonElement} */ (box.querySelector("button")));
  const policy = document.getElementById(input.dataset.policy ?? "");
  if (policy) tickPolicy(input, policy);
}
