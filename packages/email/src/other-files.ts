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

/** How many emails an mbox file holds; 1 for anything that is none. Counts to `most`. */
export function emailsInMbox(bytes: Uint8Array, most = 1_000): number {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString("latin1", 0, 5) !== "From ") return 1;
  let count = 1;
  for (let at = file.indexOf("\nFrom "); at !== -1 && count < most; at = file.indexOf("\nFrom ", at + 1)) {
    // A blank line before, a year at the end and a field below: any other `From ` is a sentence.
    const blank = /\n\r?$/.test(file.toString("latin1", Math.max(0, at - 2), at));
    if (
      blank &&
      /^\nFrom [^\r\n]{1,200}\d{4}[^\r\n]{0,10}\r?\n[!-9;-~]{1,80}:/.test(file.toString("latin1", at, at + 400))
    )
      count += 1;
  }
  return count;
}
