// Passkeys: asks the browser's authenticator, and fills a form in with what it answers. forms.js shows the form where there are passkeys, and
// fetches this module at the first press of its button; whoever has none loses nothing.

/** @typedef {PublicKeyCredential & {response: any}} Credential */

/** The portal asks nothing, and says why. */
class Refusal extends Error {}

/** @param {string} text  in base64url */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

/** @param {ArrayBuffer | null} buffer */
const text = (buffer) =>
  buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** What to ask: it stands in the page, or is fetched at the press of the button. @param {HTMLFormElement} form */
async function question(form) {
  const source = form.dataset.source ?? "";
  if (source.startsWith("{")) return JSON.parse(source);
  const body = new URLSearchParams({ csrf_token: form.querySelector("input")?.value ?? "" });
  const answer = await fetch(source, { method: "POST", body, headers: { Accept: "application/json" } });
  const asked = await answer.json();
  if (!answer.ok) throw new Refusal(asked.refusal);
  return asked;
}

/** The bytes of a question, which JSON has as text. @param {any} asked */
function prepared(asked) {
  /** @param {any[] | undefined} list */
  const known = (list) => (list ?? []).map((item) => ({ ...item, id: bytes(item.id) }));
  return {
    ...asked,
    challenge: bytes(asked.challenge),
    ...(asked.user && { user: { ...asked.user, id: bytes(asked.user.id) } }),
    excludeCredentials: known(asked.excludeCredentials),
    allowCredentials: known(asked.allowCredentials),
  };
}

/** An answer as JSON. @param {Credential} credential */
function written({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const has = parts.filter((part) => response[part]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(has.map((part) => [part, text(response[part])])) });
}

/** Ask, then send the form; or say in it why nothing came of it. @param {HTMLFormElement} form */
export async function ask(form) {
  const status = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  const { failed = "", known = "", waiting = "", passkey } = form.dataset;
  status.className = "";
  status.textContent = waiting;
  try {
    const publicKey = prepared(await question(form));
    const credential = await (passkey === "create" ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("answer"));
    field.value = written(/** @type {Credential} */ (credential));
    form.requestSubmit();
  } catch (error) {
    status.className = "alert error";
    if (error instanceof Refusal) status.textContent = error.message;
    else status.textContent = error instanceof DOMException && error.name === "InvalidStateError" ? known : failed;
  }
}
