import { Parser } from "htmlparser2";

/** What a message's one body holds: the text for reading, and the formatted email, which Odoo folds behind "Read more". */
export interface MessageBody {
  readonly text: string;
  /** Sanitized html; empty where the email has none. */
  readonly html: string;
}

/** Html beyond this stays out: the chatter shows thirty messages at once, and cut html is broken html. Characters. */
const HTML_LIMIT = 65_536;
/** What Postgres (NUL) and html cannot hold. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
/** Odoo's sanitizer marks every element inside a quote as quoted. */
const QUOTED = ' data-o-mail-quote="1"';

/** The note that leads to the whole email; what a sender wrote stands in others, and becomes no link. */
export const VIEW_NOTE = "full email: ";

function writeNote(note: string): string {
  if (!note.startsWith(VIEW_NOTE)) return escaped(note);
  const url = escaped(note.slice(VIEW_NOTE.length));
  return `${VIEW_NOTE}<a href="${url}">${url}</a>`;
}

/** The body as Odoo shows it. `notes` stand between text and html, such as `2 attachments`. */
export function messageBody({ text, html }: MessageBody, notes: readonly string[] = []): string {
  const lines = escaped(text.toWellFormed().replaceAll(CONTROLS, "")).split(/\r\n|\r|\n/);
  const small =
    notes.length === 0 ? "" : `<div class="inlet-notes"><small>${notes.map(writeNote).join(" · ")}</small></div>`;
  const folded =
    html === "" || html.length > HTML_LIMIT
      ? ""
      : `<div class="inlet-html"${QUOTED}>${html.toWellFormed().replaceAll(CONTROLS, "")}</div>`;
  return `<div class="inlet-text">${lines.join("<br>")}</div>${small}${folded}`;
}

/** The parts of a body, as they are after Odoo's sanitizer or a person changed it; a body without them is text as a whole. */
export function readMessageBody(body: string): MessageBody & { readonly notes: readonly string[] } {
  const parts: Record<string, { text: string; from: number; to: number }> = {};
  let all = "";
  let part: string | null = null;
  let depth = 0;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (part !== null) depth += 1;
      else if (/^inlet-(text|notes|html)$/.test(attributes["class"] ?? "")) {
        part = attributes["class"] ?? "";
        parts[part] = { text: "", from: parser.endIndex + 1, to: parser.endIndex + 1 };
      }
      if (name === "br") add("\n");
    },
    ontext: (text) => add(text),
    onclosetag: () => {
      if (part === null) return;
      if (depth > 0) depth -= 1;
      else {
        const ended = parts[part];
        if (ended !== undefined) ended.to = parser.startIndex;
        part = null;
      }
    },
  });
  const add = (text: string): void => {
    all += text;
    const open = part === null ? undefined : parts[part];
    if (open !== undefined) open.text += text;
  };
  parser.end(body);
  const html = parts["inlet-html"];
  const notes = parts["inlet-notes"]?.text ?? "";
  return {
    text: parts["inlet-text"]?.text ?? all,
    html: html === undefined ? "" : body.slice(html.from, html.to).replaceAll(QUOTED, ""),
    notes: notes === "" ? [] : notes.split(" · "),
  };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
