// @ts-check
// Makes pages pleasant; each is complete without it. Keys as in Gmail and GitHub: / searches, j and k go through a list, ? lists the keys.

/** @type {readonly (readonly [string, string])[]} */
const KEYS = [
  ["/", "to the search box"],
  ["j", "to the next row"],
  ["k", "to the row before"],
  ["Enter", "open the row"],
  ["n", "older, the next page of a list"],
  ["p", "newer, the page before"],
  ["?", "this list"],
  ["Esc", "leave a box, close this list"],
];

/** Links that lead into the rows of the page's lists. @returns {HTMLElement[]} */
function findRowLinks() {
  return [...document.querySelectorAll("main tbody tr")].flatMap((row) => {
    const link = row.querySelector("a");
    return link === null ? [] : [link];
  });
}

/** @param {1 | -1} way */
function moveFocus(way) {
  const links = findRowLinks();
  const at = links.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
  const next = at === -1 ? (way === 1 ? 0 : links.length - 1) : at + way;
  links[next]?.focus();
}

/** @param {"next" | "prev"} rel */
function turnPage(rel) {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(`main a[rel="${rel}"]`));
  link?.click();
}

function toggleKeys() {
  const open = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog.keys"));
  if (open !== null) return open.open ? open.close() : open.showModal();
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  dialog.setAttribute("aria-label", "Keys");
  const list = document.createElement("dl");
  for (const [key, meaning] of KEYS) {
    const term = document.createElement("dt");
    const code = document.createElement("kbd");
    code.textContent = key;
    term.append(code);
    const explanation = document.createElement("dd");
    explanation.textContent = meaning;
    list.append(term, explanation);
  }
  dialog.append(list);
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {EventTarget | null} target */
function isTypedInto(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTypedInto(event.target)) {
    if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  const act = {
    "/": () => /** @type {HTMLElement | null} */ (document.querySelector("form[role=search] input"))?.focus(),
    j: () => moveFocus(1),
    k: () => moveFocus(-1),
    n: () => turnPage("next"),
    p: () => turnPage("prev"),
    "?": toggleKeys,
  }[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});

// A second click on a button does nothing while the first is under way; the server would answer it as one as well.
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method === "post") for (const button of form.querySelectorAll("button")) button.disabled = true;
});
// Back to a page that the browser kept: its buttons work again.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[method=post] button")) button.removeAttribute("disabled");
});

// Times stand in UTC; the reader's own is on hover.
for (const time of document.querySelectorAll("time")) {
  const at = new Date(time.dateTime);
  time.title = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}
