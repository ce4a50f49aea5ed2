import { isAddress } from "./addresses.ts";
import { decodeBytes } from "./charset.ts";
import { fieldOf, firstValue } from "./header-fields.ts";
import type { Field } from "./header-fields.ts";
import { messageId } from "./threading.ts";

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

/** Reads message/delivery-status: groups of fields, the first about the message, each other about a recipient. */
export function readDeliveryStatus(bytes: Uint8Array): RecipientStatus[] {
  return fieldGroups(bytes).flatMap((fields) => {
    const action = firstValue(fields, "Action")?.toLowerCase() ?? null;
    const recipient = addressIn(firstValue(fields, "Final-Recipient") ?? firstValue(fields, "Original-Recipient"));
    if (action === null && recipient === null) return [];
    const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(firstValue(fields, "Status") ?? "")?.[0] ?? null;
    return [{ action: action !== null && ACTIONS.includes(action) ? action : null, status, recipient }];
  });
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
          return colon < 1 ? [] : [fieldOf(line.slice(0, colon).trim(), line.slice(colon + 1))];
        }),
    );
}

/** `rfc822; someone@example.com` */
function addressIn(value: string | null): string | null {
  const address = value?.split(";").at(-1)?.trim().replace(/^<|>$/g, "") ?? "";
  return isAddress(address) ? address : null;
}
