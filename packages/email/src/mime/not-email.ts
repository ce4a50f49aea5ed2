/** Files that people take for an email, by their first bytes; what they are and what to do with them. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  [
    "d0cf11e0a1b11ae1",
    "an Outlook .msg or another OLE file; in Outlook, save it as .eml or forward it as an attachment",
  ],
  ["1f8b", "a gzip file; unpack it (gunzip) and give the .eml inside"],
  ["504b0304", "a zip or Office file; unpack it and give the .eml inside"],
  ["377abcaf271c", "a 7z file; unpack it and give the .eml inside"],
  ["425a68", "a bzip2 file; unpack it (bunzip2) and give the .eml inside"],
  ["28b52ffd", "a zstd file; unpack it (unzstd) and give the .eml inside"],
  ["fd377a585a00", "an xz file; unpack it (unxz) and give the .eml inside"],
  ["2142444e", "an Outlook .pst or .ost store; export the emails as .eml"],
  ["789f3e22", "a bare winmail.dat (TNEF); give the email that it was attached to"],
  ["25504446", "a PDF; give the email itself, as it was received"],
  ["89504e47", "a PNG image; give the email itself, as it was received"],
  ["ffd8ff", "a JPEG image; give the email itself, as it was received"],
];

/**
 * What bytes without an email header are, as a sentence's end with the remedy: `an Outlook .msg …; save it as .eml`. Null
 * when nothing is known of them.
 */
export function whatItIs(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 512));
  if (bytes.every((byte) => byte <= 0x20)) return "empty; give the email as it was received";
  const hex = start.subarray(0, 8).toString("hex");
  const known = SIGNATURES.find(([signature]) => hex.startsWith(signature))?.[1];
  if (known !== undefined) return known;
  const text = start.toString("latin1").trimStart();
  if (/^\{\s*"/.test(text)) return "JSON; name it .json if it is the signed JSON of a webhook";
  if (/^(?:<!doctype html|<html|<head|<body)/i.test(text))
    return "a web page; give the email itself, as it was received";
  if (text.startsWith("BEGIN:VCALENDAR")) return "a calendar file; give the email that it was attached to";
  return text.startsWith("BEGIN:VCARD") ? "a contact card; give the email that it was attached to" : null;
}

/** A separator ends with the time as C's asctime writes it: `From ann@example.com Tue Mar  3 09:30:00 2026`. */
const SEPARATOR =
  /^From \S{1,200}\s{1,3}(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)\s{1,2}\w{3}\s{1,2}\d{1,2}\s[\d:]{5,8}\s.{0,20}?\d{4}.{0,20}$/;
/** What git writes above each patch: the commit's name and a time that never was. */
const PATCH = /^From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001/;
const FIELD = /^([!-9;-~]{1,80}):/;
/** Fields of which a message in an mbox has several; people who quote one show two or three. */
const TRACE = /^(?:from|to|date|subject|message-id|received|return-path|mime-version|content-type)$/i;
const LEAST_FIELDS = 3;

/**
 * How many emails an mbox file holds; 1 for anything that is none. A line `From …` parts two emails where a blank line stands above it, the
 * header of an email below it, and no multipart is open: a patch or a message that an email shows or brings along is a part of it. Counts to
 * `most`.
 */
export function emailsInMbox(bytes: Uint8Array, most = 1_000): number {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString("latin1", 0, 5) !== "From ") return 1;
  let count = 1;
  let start = 0;
  for (let at = file.indexOf("\nFrom "); at !== -1 && count < most; at = file.indexOf("\nFrom ", at + 1)) {
    const line = file.toString("latin1", at + 1, lineEnd(file, at + 1)).trimEnd();
    const blank = /\n\r?$/.test(file.toString("latin1", Math.max(0, at - 2), at));
    if (!blank || !SEPARATOR.test(line) || PATCH.test(line) || !beginsEmail(file, lineEnd(file, at + 1) + 1)) continue;
    if (isOpen(file, start, at)) continue;
    count += 1;
    start = at + 1;
  }
  return count;
}

function lineEnd(file: Buffer, at: number): number {
  const end = file.indexOf(0x0a, at);
  return Math.min(end === -1 ? file.length : end, at + 1_000);
}

function beginsEmail(file: Buffer, at: number): boolean {
  const names = new Set<string>();
  for (const line of file.toString("latin1", at, at + 16_384).split("\n")) {
    if (line.trim() === "" || (!/^[ \t]/.test(line) && !FIELD.test(line))) break;
    const name = FIELD.exec(line)?.[1]?.toLowerCase();
    if (name !== undefined && TRACE.test(name)) names.add(name);
  }
  return names.size >= LEAST_FIELDS && names.has("from");
}

/** Whether the multipart of the email that begins at `start` has not ended before `end`. */
function isOpen(file: Buffer, start: number, end: number): boolean {
  const header = file.toString("latin1", start, Math.min(end, start + 65_536)).split(/\n\r?\n/)[0] ?? "";
  const match =
    /^content-type[ \t]*:\s*multipart\/[^;]{1,60};(?:[^\n]|\n[ \t]){0,500}?boundary\s?=\s?(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/im.exec(
      header,
    );
  const boundary = (match?.[1] ?? match?.[2] ?? "").trimEnd();
  if (boundary === "") return false;
  const closing = file.indexOf(`--${boundary}--`, start, "latin1");
  return closing === -1 || closing > end;
}
