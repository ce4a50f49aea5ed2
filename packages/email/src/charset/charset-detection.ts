import { createRequire } from "node:module";

/** Charsets of scripts other than Latin, by jschardet's names; what it names is one that charset-names.ts knows. */
const OF_OTHER_SCRIPTS = [
  "KOI8-R",
  "KOI8-U",
  "Windows-1251",
  "IBM866",
  "ISO-8859-5",
  "GB18030",
  "Big5",
  "CP932",
  "EUC-JP",
  "CP949",
  "Windows-1253",
  "ISO-8859-8",
  "Windows-1255",
  "Windows-1256",
  "ISO-8859-6",
  "CP874",
];
/** Bytes looked at: more do not change the answer. */
const SAMPLE = 4_096;
/** Bytes in a row with the high bit: words of another script have them, Latin ones hardly ever. */
const WORD = 3;
const MIN_CONFIDENCE = 0.05;
type Detect = typeof import("jschardet").detectAll;
let detect: Detect | null = null;

/**
 * The charset of 8-bit text that declares none: by letter statistics where most letters with the high bit stand together
 * (Cyrillic, Greek, Hebrew, Arabic, Thai, Chinese, Japanese, Korean), else windows-1252, which is what Latin senders mean.
 */
export function detectCharset(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, SAMPLE);
  if (!isOtherScript(sample)) return "windows-1252";
  // Its model takes 70 MB and is wanted by few mails.
  detect ??= (createRequire(import.meta.url)("jschardet") as typeof import("jschardet")).detectAll;
  const best = detect(Buffer.from(sample), { minimumThreshold: MIN_CONFIDENCE }).find(({ encoding }) =>
    OF_OTHER_SCRIPTS.includes(encoding ?? ""),
  );
  return best?.encoding ?? "windows-1252";
}

function isOtherScript(sample: Uint8Array): boolean {
  let inWords = 0;
  let alone = 0;
  let run = 0;
  for (const byte of [...sample, 0]) {
    if (byte > 0x7f) run += 1;
    else {
      if (run >= WORD) inWords += run;
      else alone += run;
      run = 0;
    }
  }
  return inWords > alone;
}
