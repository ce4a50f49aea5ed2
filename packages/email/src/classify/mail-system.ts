import { rawValues } from "../headers/header-fields.ts";
import type { Evidence } from "./evidence.ts";

/** Local parts that no person has: Exchange's has a hash behind it. */
const DAEMON =
  /^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mail[-_.]delivery[-_.](?:sub)?system|maildelivery(?:sub)?system|microsoftexchange[0-9a-f]{8,64})(?:[-+=].{0,60})?$/i;
/** Names that mail systems give themselves; a person at `postmaster@` writes under it as well. */
const NAMES =
  /^\W{0,3}(?:mail delivery (?:sub)?system|mailer[- ]?daemon|mail delivery service|mail administrator|postmaster|internet mail delivery)(?=\W{0,80}$|\s{0,9}[(<@[]|\s{1,9}(?:at|of|for)\b|\s{1,9}\S{1,80}\.\S{1,80}$)/i;

/** Whether From is a mail system: an address that no person has, `<>`, or a daemon's name without an address. */
export function isMailSystem(mail: Evidence): boolean {
  if (mail.from !== null) return DAEMON.test(localPart(mail.from.email));
  return rawValues(mail.fields, "From").some((raw) => raw.replace(/\s/g, "") === "<>" || isDaemonName(raw));
}

/** Whether From is an address or a name that mail systems use, and people sometimes. */
export function mayBeMailSystem(mail: Evidence): boolean {
  if (mail.from === null) return rawValues(mail.fields, "From").every((raw) => raw.trim() === "");
  return /^postmaster$/i.test(localPart(mail.from.email)) || NAMES.test(mail.from.name ?? "");
}

function isDaemonName(raw: string): boolean {
  return raw.length < 200 && (NAMES.test(raw.replace(/^["<\s]+/, "")) || /^[<"\s]*mailer-?daemon\b/i.test(raw));
}

function localPart(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf("@"))).slice(0, 128);
}
