import { createHash } from "node:crypto";
import { withoutPrefixes } from "./subject-prefixes.ts";

/** The first 32 hex digits of SHA-256 over the parts joined by NUL (docs/concepts/protocol.md: `H`). */
export function H(...parts: string[]): string {
  return createHash("sha256").update(parts.join("\0"), "utf8").digest("hex").slice(0, 32);
}

export const TENANT_ID = /^[a-z][a-z0-9-]{1,39}$/;

/** Whose row a record is that names no tenant, or nothing that could be one. */
export const UNKNOWN_TENANT = "unknown";

/** What an id on the wire may look like: printable ASCII, and short enough for the ledger's indexes. */
export const WIRE_ID = /^[!-~]{1,200}$/;

/** The id of a delivery: the same delivery key from the same source is always the same event. */
export function buildEventId(tenant: string, source: string, deliveryKey: string): string {
  return `evt_${H(tenant, source, deliveryKey)}`;
}

/** What names an email. `messageId` is without angle brackets, `dateAsSent` as in the header, `subject` decoded. */
export interface EmailNames {
  readonly messageId: string | null;
  readonly from: string | null;
  readonly dateAsSent: string | null;
  readonly subject: string | null;
  readonly contentHash: string;
}

/** The id of an email, whichever way it came. Senders reuse a Message-ID, so it alone names nothing. */
export function buildEmailKey(
  tenant: string,
  { messageId, from, dateAsSent, subject, contentHash }: EmailNames,
): string {
  return messageId === null || dateAsSent === null
    ? `eml_${H(tenant, contentHash)}`
    : `eml_${H(tenant, messageId, (from ?? "").toLowerCase(), dateAsSent, (subject ?? "").replace(/\s+/g, " ").trim())}`;
}

/** The id that releases before 2026-12 gave an email: rows of the ledger and records in CRMs still have it. Null where it was made as it is now. */
export function buildFormerEmailKey(tenant: string, { messageId, from, dateAsSent }: EmailNames): string | null {
  return messageId === null ? null : `eml_${H(tenant, messageId, (from ?? "").toLowerCase(), dateAsSent ?? "")}`;
}

/** The id of another email that came under a name which its source had already given to one. */
export function buildSecondEmailKey(emailKey: string, contentHash: string): string {
  return `eml_${H(emailKey, contentHash)}`;
}

/** The header conversation id; `root` is chosen by the parser (first reference, In-Reply-To, Message-ID, contentHash). */
export function buildConversationId(tenant: string, root: string): string {
  return `cnv_${H(tenant, root)}`;
}

/** What Outlook says of a thread: Thread-Index and Thread-Topic, and the subject where the topic was lost. */
export interface OutlookThread {
  readonly index: string | null;
  readonly topic: string | null;
  readonly subject: string | null;
}

/** Bytes of a thread's root, and of one more for each answer (MS-OXOMSG 2.2.1.3). */
const [ROOT_BYTES, CHILD_BYTES] = [22, 5];

/**
 * Outlook's thread: `thread-index:`, the first 22 bytes of Thread-Index in lower-case hex, which every reply keeps, and a digest of the topic.
 * It stands where a Message-ID stands. The index alone ties nothing, since programs send many emails with one: it counts together with
 * Thread-Topic, or in a reply (it has a child block) with the subject without its prefixes, which is what the topic is made of. Null when it
 * ties nothing.
 */
export function threadIndexRoot({ index, topic, subject }: OutlookThread): string | null {
  if (index === null) return null;
  const bytes = Buffer.from(index.replace(/\s+/g, ""), "base64");
  if (bytes.length < ROOT_BYTES || bytes[0] !== 1) return null;
  const named = topic?.trim() ?? "";
  if (named === "" && bytes.length < ROOT_BYTES + CHILD_BYTES) return null;
  const about = withoutPrefixes((named === "" ? (subject ?? "") : named).slice(0, 2_000));
  const words = about.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
  return `thread-index:${bytes.subarray(0, ROOT_BYTES).toString("hex")}${words === "" ? "" : `:${H(words)}`}`;
}

/** Key of raw-events and outcomes records. */
export function eventKey(tenant: string, eventId: string): string {
  return `${tenant}/${eventId}`;
}

/** The id of a registered sent message, for headers and logs. `messageId` is without angle brackets. */
export function buildSentMessageId(tenant: string, messageId: string): string {
  return `msg_${H(tenant, messageId)}`;
}
