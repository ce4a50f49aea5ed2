import type { Mailbox } from "@inlet/schemas";
import { readAddressList } from "./address-list.ts";
import { cleanLine, cleanText } from "../charset/clean-text.ts";
import { decodeWords } from "./encoded-words.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";

/** Characters of an address field that are read. */
export const MAX_FIELD_CHARS = 400_000;

/**
 * Mailboxes of address headers (RFC 5322 3.4), in order, groups flattened, encoded words of the names decoded (never of
 * the address: RFC 2047 5). Entries without a usable address are left out. Keeps at most `TRUNCATION_LIMITS.addresses`.
 */
export function parseAddresses(values: readonly string[]): Mailbox[] {
  const found: Mailbox[] = [];
  for (const value of values) {
    for (const { name, address } of readAddressList(withPlainLocalParts(value.slice(0, MAX_FIELD_CHARS)))) {
      const mailbox = toMailbox(decodeWords(name), address);
      if (mailbox !== null && found.push(mailbox) >= TRUNCATION_LIMITS.addresses) return found;
    }
  }
  return found;
}

/**
 * `=?utf-8?Q?agent?=@example.com` as `agent@example.com`: an encoded word may not stand in an address (RFC 2047 5), but one that is a whole
 * local part of plain letters can be read in one way only. Any other is left as it is, and is no address.
 */
export function withPlainLocalParts(value: string): string {
  if (!value.includes("?=@")) return value;
  return value.replace(
    /(^|[\s<,;:])(=\?[^?\s@]{1,40}\?[bq]\?[^?\s@]{1,75}\?=)(?=@[A-Za-z0-9])/gi,
    (whole, before: string, word: string) => {
      const local = decodeWords(word);
      return /^[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*$/.test(local) ? before + local : whole;
    },
  );
}

/** A mailbox from its two halves; null when the address is not `local@domain`. */
export function toMailbox(name: string | null | undefined, address: string): Mailbox | null {
  const email = cleanText(address).trim().replace(/^<|>$/g, "");
  if (!isAddress(email)) return null;
  // Outlook puts single quotes around names; marks that turn the reading direction only make one name look like another.
  const shown = cleanLine(name?.replace(/[\u202A-\u202E\u2066-\u2069]/g, "").replace(/^\s*'(.+)'\s*$/, "$1"));
  return { name: shown === null || shown.toLowerCase() === email.toLowerCase() ? null : shown, email };
}

/** `local@domain`, no white space or angle brackets, at most 320 characters. Quoted local parts pass. */
export function isAddress(text: string): boolean {
  if (text.length > 320) return false;
  const at = text.lastIndexOf("@");
  if (at < 1 || at === text.length - 1) return false;
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  const quoted = local.startsWith('"') && local.endsWith('"') && local.length > 2;
  return (
    (quoted || /^[^\s<>@,;:"()[\]\\]+$/.test(local)) && /^(?:[^\s<>@,;:"()[\]\\]+|\[[0-9A-Za-z.:]+\])$/.test(domain)
  );
}
