// @ts-check
// Live tail: rows that come are put on top of the table. What an email brings along is text, never markup.

/**
 * @typedef {{ eventId: string, tenant: string, state: string, reason: string | null, source: string, senderDomain: string | null, receivedAt: number }} TailRow
 */

const MOST_ROWS = 200;
/** @type {Readonly<Record<string, string>>} */
const CLASSES = { written: "good", dead_lettered: "bad", waiting: "wait" };

const body = /** @type {HTMLTableSectionElement} */ (document.querySelector("#tail"));
const says = /** @type {HTMLElement} */ (document.querySelector("#tail-says"));
const pause = /** @type {HTMLButtonElement} */ (document.querySelector("#tail-pause"));
let after = body.dataset["after"] ?? "";
/** @type {EventSource | null} */
let source = null;

/** @param {TailRow} row */
function toPath({ tenant, eventId }) {
  return `/emails/${encodeURIComponent(tenant)}/${encodeURIComponent(eventId)}`;
}

/** @param {TailRow} row */
function buildRow(row) {
  const line = document.createElement("tr");
  const at = document.createElement("time");
  const iso = new Date(row.receivedAt).toISOString();
  at.dateTime = iso;
  at.textContent = `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  const link = document.createElement("a");
  link.href = toPath(row);
  link.textContent = row.eventId;
  const state = document.createElement("b");
  state.className = CLASSES[row.state] ?? "soft";
  state.textContent = row.state.replaceAll("_", "-");
  /** @type {(Node | string)[][]} */
  const cells = [
    [at],
    [link],
    [row.tenant],
    [row.source],
    [row.senderDomain ?? "–"],
    row.reason === null ? [state] : [state, ` ${row.reason}`],
  ];
  for (const parts of cells) {
    const cell = document.createElement("td");
    // Of a text, append makes a text node.
    cell.append(...parts);
    line.append(cell);
  }
  return line;
}

/** An email that went on to another state stays where it is. @param {TailRow} row */
function showRow(row) {
  const path = toPath(row);
  const links = [...body.querySelectorAll("a")];
  const known = links.find((link) => link.getAttribute("href") === path)?.closest("tr");
  const line = buildRow(row);
  if (known === null || known === undefined) body.prepend(line);
  // Who stands on it with the keyboard stays there.
  else if (known.contains(document.activeElement))
    known.lastElementChild?.replaceWith(/** @type {Node} */ (line.lastElementChild));
  else known.replaceWith(line);
}

/** @param {MessageEvent<string>} event */
function showRows(event) {
  /** @type {{ rows: TailRow[], left: number, more: boolean }} */
  const { rows, left, more } = JSON.parse(event.data);
  for (const row of rows) showRow(row);
  while (body.rows.length > MOST_ROWS) body.rows[body.rows.length - 1]?.remove();
  if (event.lastEventId !== "") after = event.lastEventId;
  says.textContent = left > 0 || more ? `… and ${left}${more ? " or" : ""} more` : "Live.";
}

function openSource() {
  const address = body.dataset["events"] ?? "";
  source = new EventSource(`${address}${address.includes("?") ? "&" : "?"}after=${encodeURIComponent(after)}`);
  source.addEventListener("open", () => {
    says.textContent = "Live.";
  });
  source.addEventListener("rows", showRows);
  source.addEventListener("away", () => {
    says.textContent = "The ledger does not answer; this goes on by itself when it does.";
  });
  source.addEventListener("error", () => {
    const isOver = source?.readyState === EventSource.CLOSED;
    says.textContent = isOver
      ? "Ended: signed out, or too many live tails are open. Look again."
      : "Connecting again …";
  });
  pause.textContent = "Pause";
}

function closeSource() {
  source?.close();
  source = null;
  pause.textContent = "Go on";
  says.textContent = "Paused.";
}

pause.hidden = false;
pause.addEventListener("click", () => (source === null ? openSource() : closeSource()));
// Of a page that is left, or kept for going back, no stream stays open.
addEventListener("pagehide", closeSource);
openSource();

export {};
