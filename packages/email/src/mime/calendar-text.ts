import { decodeBytes } from "../charset/charset.ts";
import { decodeTransfer } from "./transfer-encoding.ts";

/** Whether a file is a calendar object (RFC 5545), by its type or its first line. */
export function isCalendar(file: { readonly contentType: string; readonly bytes: Uint8Array }): boolean {
  if (!/^(?:text\/(?:x-v)?calendar|application\/ics)$/.test(file.contentType)) return false;
  return /BEGIN:VCALENDAR/i.test(Buffer.from(file.bytes).toString("latin1", 0, 512));
}

const LONGEST = 64 * 1024;
const SHOWN = ["COMMENT", "SUMMARY", "DESCRIPTION"] as const;

/**
 * What a calendar object says in words, for mail that has no other: the comment of who answers, the summary and the description of the
 * first event. Null where it says nothing. Folded lines are joined, escapes undone; a calendar that breaks off gives what was there.
 */
export function readCalendar(bytes: Uint8Array, charset: string | null): string | null {
  const text = decodeBytes(bytes.subarray(0, LONGEST), charset).text;
  const lines = text
    .replace(/\r?\n[ \t]/g, "")
    .replace(/=\r?\n/g, "")
    .split(/\r?\n/);
  const found = new Map<string, string>();
  let inside = false;
  for (const line of lines) {
    if (/^BEGIN:(?:VEVENT|VTODO|VJOURNAL|VFREEBUSY)\s*$/i.test(line)) inside = true;
    else if (/^END:(?:VEVENT|VTODO|VJOURNAL|VFREEBUSY)\s*$/i.test(line)) break;
    // An alarm has a description of its own.
    else if (/^BEGIN:VALARM\s*$/i.test(line)) inside = false;
    else if (/^END:VALARM\s*$/i.test(line)) inside = true;
    if (!inside) continue;
    const property = readProperty(line);
    if (property !== null && property.value !== "" && !found.has(property.name))
      found.set(property.name, property.value);
  }
  const words = SHOWN.flatMap((name) => found.get(name) ?? []);
  // Outlook writes the summary into the description again.
  const said = words.filter(
    (value, index) =>
      !words.some((other, at) => at !== index && other.startsWith(value) && (other !== value || at < index)),
  );
  return said.length === 0 ? null : said.join("\n\n");
}

/** `DESCRIPTION;LANGUAGE=de;ALTREP="cid:x":Words`; vCalendar 1.0 writes quoted-printable. */
function readProperty(line: string): { name: string; value: string } | null {
  const match = /^(COMMENT|SUMMARY|DESCRIPTION)((?:;[A-Z-]{1,40}=(?:"[^"]{0,500}"|[^";:]{0,500})){0,10}):(.*)$/is.exec(
    line,
  );
  if (match === null) return null;
  const [, name = "", parameters = "", value = ""] = match;
  const words = /ENCODING="?QUOTED-PRINTABLE/i.test(parameters)
    ? decodeBytes(
        decodeTransfer(Buffer.from(value, "utf8"), "quoted-printable").bytes,
        /CHARSET="?([\w-]+)/i.exec(parameters)?.[1] ?? null,
      ).text
    : value;
  return {
    name: name.toUpperCase(),
    value: words.replace(/\\([nN,;\\])/g, (_, char: string) => (/n/i.test(char) ? "\n" : char)).trim(),
  };
}
