import { errorForLog } from "./error-for-log.ts";

const MASK = "[redacted]";
const STRING_LIMIT = 2000;
const DEPTH_LIMIT = 6;
const LIST_LIMIT = 50;

/** Field names, lower-cased without `-` and `_`, whose text never reaches a log: credentials, people, and what they wrote. */
const PRIVATE_KEYS: ReadonlySet<string> = new Set(
  [
    "authorization proxyauthorization cookie setcookie signature xwebhooksignature webhooksignature",
    "token accesstoken refreshtoken apikey secret secrets clientsecret password passwd sasl",
    "signingkey privatekey urlsigningkeys databaseurl connectionstring",
    "email emails mail address addresses contactemail from to cc bcc sender replyto",
    "recipient recipients rcptto mailfrom envelope mailbox phone phones firstname lastname displayname filename",
    "subject text html replytext body rawbody payload content raw snippet headers",
  ].flatMap((line) => line.split(" ")),
);

/** RFC 5321 limits the local part to 64 octets; the bound keeps the search linear. `/` is left out so that `node_modules/@scope` stays. */
const ADDRESS = /[^\s"'<>@,;:()[\]\\/=|]{1,64}@[^\s"'<>@,;:()[\]\\/=|]{1,253}\.[\p{L}\d-]{2,63}/giu;

/** The text with every email address in it replaced by `[address]`. */
export function maskAddresses(text: string): string {
  return text.includes("@") ? text.replace(ADDRESS, "[address]") : text;
}

/**
 * A copy of a log object that is fit to be written: text under a private key is masked at any depth (numbers and booleans stay: `from`
 * may be an offset), bytes become their length, errors lose everything that HTTP clients hang on them, long strings are cut.
 */
export function redacted(object: Record<string, unknown>): Record<string, unknown> {
  return fields(object, DEPTH_LIMIT);
}

function fields(object: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    copy[key] = isPrivate(key, value) ? MASK : shown(value, depth);
  }
  return copy;
}

function isPrivate(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value !== "string" && typeof value !== "object") return false;
  return isPrivateKey(key);
}

/** Log lines have the same few keys again and again. Bounded, since an object that is logged may have any. */
const judged = new Map<string, boolean>();
const MOST_JUDGED = 1000;

function isPrivateKey(key: string): boolean {
  let verdict = judged.get(key);
  if (verdict === undefined) {
    verdict = PRIVATE_KEYS.has(key.replaceAll(/[-_]/g, "").toLowerCase());
    if (judged.size < MOST_JUDGED) judged.set(key, verdict);
  }
  return verdict;
}

function shown(value: unknown, depth: number): unknown {
  if (typeof value === "string") {
    return value.length <= STRING_LIMIT ? value : `${value.slice(0, STRING_LIMIT)}… (${value.length} characters)`;
  }
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return errorForLog(value);
  if (value instanceof Date) return value;
  if (value instanceof URL) return `${value.protocol}//${value.host}${value.pathname}`;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth === 0) return "[…]";
  if (Array.isArray(value)) return value.slice(0, LIST_LIMIT).map((item) => shown(item, depth - 1));
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  return fields(value, depth - 1);
}
