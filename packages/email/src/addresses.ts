import type { Mailbox } from "@inlet/schemas";
import { parseAddressHeader } from "mailparser";
import { cleanLine, cleanText } from "./clean-text.ts";
import { CUTS } from "./limits.ts";

/**
 * Mailboxes of address headers (RFC 5322 3.4), in order, groups flattened, encoded words of the names decoded (never of
 * the address: RFC 2047 5). Entries without a usable address are left out. Keeps at most `CUTS.addresses`.
 */
export function parseAddresses(values: readonly string[]): Mailbox[] {
  const found: Mailbox[] = [];
  for (const value of values) {
    for (const entry of safely(value)) {
      const mailbox = mailboxOf(entry.name, entry.address ?? "");
      if (mailbox !== null && found.push(mailbox) >= CUTS.addresses) return found;
    }
  }
  return found;
}

/** A mailbox from its two halves; null when the address is not `local@domain`. */
export function mailboxOf(name: string | null | undefined, address: string): Mailbox | null {
  const email = cleanText(address).trim().replace(/^<|>$/g, "");
  if (!isAddress(email)) return null;
  const shown = cleanLine(name);
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

function safely(value: string): { name: string; address?: string }[] {
  if (value.length > 400_000) return safely(value.slice(0, 400_000));
  try {
    return parseAddressHeader(value, { flatten: true }).value;
  } catch {
    return [];
  }
}
