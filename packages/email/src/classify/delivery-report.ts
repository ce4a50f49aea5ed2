import { commentEnd, quoteEnd } from "../headers/address-delimiters.ts";
import { isAddress, parseAddresses } from "../headers/addresses.ts";
import { decodeBytes, isUtf8 } from "../charset/charset.ts";
import { toField, firstValue } from "../headers/header-fields.ts";
import type { Field } from "../headers/header-fields.ts";
import { messageId } from "../headers/threading.ts";

/** One recipient of a delivery status notification (RFC 3464 2.3). */
export interface RecipientStatus {
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded`; null when missing. */
  readonly action: string | null;
  /** `5.1.1`; null when missing. */
  readonly status: string | null;
  readonly recipient: string | null;
}

const ACTIONS = ["failed", "delayed", "delivered", "relayed", "expanded"];
/** Recipients read of one report. */
const RECIPIENTS = 50;

/**
 * Reads message/delivery-status: groups of fields, the first about the message, each other about a recipient. The recipient is whom we wrote
 * to (Original-Recipient, RFC 3464 2.3.1), else where the message went last (Final-Recipient 2.3.2): behind an alias that is a stranger's address.
 */
export function readDeliveryStatus(bytes: Uint8Array): RecipientStatus[] {
  return fieldGroups(bytes)
    .flatMap(perRecipient)
    .slice(0, RECIPIENTS)
    .flatMap((fields) => {
      const action = withoutComments(firstValue(fields, "Action") ?? "").toLowerCase() || null;
      const recipient =
        addressIn(firstValue(fields, "Original-Recipient")) ?? addressIn(firstValue(fields, "Final-Recipient"));
      if (action === null && recipient === null) return [];
      const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(firstValue(fields, "Status") ?? "")?.[0] ?? null;
      return [{ action: action !== null && ACTIONS.includes(action) ? action : null, status, recipient }];
    });
}

/** Groups that a server wrote without an empty line between them: a recipient that is named again begins another one. */
function perRecipient(fields: readonly Field[]): Field[][] {
  const groups: Field[][] = [[]];
  for (const field of fields) {
    const name = field.name.toLowerCase();
    const last = groups.at(-1) as Field[];
    const named = last.some((other) => other.name.toLowerCase() === name);
    const done = name === "original-recipient" && last.some((other) => other.name.toLowerCase() === "final-recipient");
    if (/^(?:original|final)-recipient$/.test(name) && (named || (done && has(last, "Action")))) groups.push([field]);
    else last.push(field);
  }
  return groups;
}

function has(fields: readonly Field[], name: string): boolean {
  return firstValue(fields, name) !== null;
}

/** The Feedback-Type of message/feedback-report (RFC 5965 3.1): `abuse`, `fraud`, `not-spam`, …; null when missing. */
export function readFeedbackType(bytes: Uint8Array): string | null {
  const type = fieldGroups(bytes).flatMap((fields) => firstValue(fields, "Feedback-Type") ?? [])[0];
  return type !== undefined && /^[a-z-]{1,30}$/i.test(type) ? type.toLowerCase() : null;
}

/** The Message-ID in a returned message or its header (message/rfc822, text/rfc822-headers), without brackets; null when missing. */
export function readReturnedMessageId(bytes: Uint8Array): string | null {
  const [header] = fieldGroups(bytes);
  return messageId(header === undefined ? null : firstValue(header, "Message-ID"));
}

/** Whom a returned message or its header says it is from and to. */
export function readReturnedAddresses(bytes: Uint8Array): { from: string | null; to: string[] } {
  const [header = []] = fieldGroups(bytes);
  const read = (name: string): string[] => parseAddresses([firstValue(header, name) ?? ""]).map(({ email }) => email);
  return { from: read("From")[0] ?? null, to: read("To") };
}

function fieldGroups(bytes: Uint8Array): Field[][] {
  const { text } = decodeBytes(bytes.subarray(0, 64 * 1024), null);
  return text
    .replace(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n/)
    .slice(0, RECIPIENTS + 1)
    .map((group) =>
      group
        .replace(/\n[ \t]+/g, " ")
        .split("\n")
        .flatMap((line) => {
          const colon = line.indexOf(":");
          return colon < 1 ? [] : [toField(line.slice(0, colon).trim(), line.slice(colon + 1))];
        }),
    );
}

/** Types of addresses that are no email's (RFC 3464 2.1.2, RFC 6533 3): X.400 and what gateways write of their own. */
const FOREIGN_TYPES = /^(?:x-?400|x-?500|ex|fax|sms|tel|notes|cc:?mail|smime|uucp)$/i;

/** `rfc822; someone@example.com (Some One)`, `utf-8; j\x{F6}rg@example.com`; null where it is no email address. */
function addressIn(value: string | null): string | null {
  if (value === null) return null;
  const semicolon = value.indexOf(";");
  const type = semicolon === -1 ? "" : withoutComments(value.slice(0, semicolon));
  if (FOREIGN_TYPES.test(type)) return null;
  const bare = withoutComments(value.slice(semicolon + 1)).replace(/^<|>$/g, "");
  // RFC 3461 4: some copy the address as it was sent to them, in xtext.
  const sent = bare.replace(/\+(2B|3D)/g, (_, hex: string) => (hex === "2B" ? "+" : "="));
  const address = sent.includes("\\x{") ? unescapedCharacters(sent) : sent;
  return isAddress(address) ? address : null;
}

/** RFC 6533 3: `\x{F6}` is a character's code point; some write the bytes of its UTF-8. */
function unescapedCharacters(text: string): string {
  return text.replace(/(?:\\x\{[0-9A-Fa-f]{1,6}\}){1,64}/g, (run) => {
    const codes = [...run.matchAll(/[0-9A-Fa-f]{1,6}(?=\})/g)].map(([hex]) => Number.parseInt(hex, 16));
    const bytes = Buffer.from(codes);
    if (codes.every((code) => code <= 0xff) && codes.some((code) => code > 0x7f) && isUtf8(bytes))
      return bytes.toString("utf8");
    return codes
      .map((code) => (code <= 0x10ffff ? String.fromCodePoint(code) : "\u{FFFD}"))
      .join("")
      .toWellFormed();
  });
}

/** Without what stands in parentheses (RFC 5322 3.2.2), quotes aside. */
function withoutComments(value: string): string {
  let [kept, at] = ["", 0];
  while (at < value.length && kept.length < 400) {
    const char = value[at] as string;
    const end = char === '"' ? quoteEnd(value, at) : char === "(" ? commentEnd(value, at) : -1;
    if (char !== "(" || end === -1) kept += value.slice(at, Math.max(end, at) + 1);
    at = Math.max(end, at) + 1;
  }
  return kept.trim();
}
