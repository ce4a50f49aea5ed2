/**
 * The values on the topics, as TypeScript sees them. Field meanings stand in the `.avsc` files beside this folder;
 * the contract test holds the two together. Times are epoch milliseconds.
 */

/** A body kept in the blob store (docs/concepts/protocol.md, section 9). */
export interface BlobRef {
  key: string;
  /** Bytes. */
  size: number;
  /** Hex SHA-256 of the content. */
  sha256: string;
}

export interface SourceInfo {
  /** The entry in the tenant's file. */
  name: string;
  /** A kind of `packages/sources`; a string on the wire, since open sets are not enums. */
  kind: string;
  deliveryId: string | null;
  eventId: string | null;
  receivedAt: number | null;
}

export interface Envelope {
  from: string | null;
  to: string[];
}

/** The connection that an email came over by SMTP or LMTP; what SPF is checked against. */
export interface Connection {
  /** `smtp` or `lmtp`. */
  protocol: string;
  /** IP address; null when a relay did not tell. */
  clientAddress: string | null;
  helo: string | null;
  /** `TLSv1.3`; null for none. */
  tls: string | null;
  /** IP address of the trusted relay that handed it over; null when the client itself was connected. */
  relay: string | null;
}

export interface RawEvent {
  eventId: string;
  tenantId: string;
  lane: string;
  receivedAt: number;
  source: SourceInfo;
  envelope: Envelope | null;
  /** Null for every source but SMTP and LMTP. */
  connection: Connection | null;
  contentType: string;
  body: Buffer | BlobRef;
}

export interface Mailbox {
  name: string | null;
  email: string;
}

/** Who writes: From, or the person behind it. */
export interface Contact extends Mailbox {
  /** `from`, `list`, `group`, `form`, `forwarder` or `colleague`: what stands between the person and From. */
  via: string;
  /** Codes of CONTACT_REASONS. */
  reasons: string[];
}

export interface Header {
  name: string;
  value: string;
}

export interface AttachmentInfo {
  filename: string | null;
  contentType: string;
  sniffedType: string | null;
  /** Bytes. */
  size: number;
  contentId: string | null;
  contentDisposition: string | null;
  inline: boolean;
  sha256: string;
  /** `clean`, `unscanned`, `refused`, `infected`, `unavailable`. */
  verdict: string;
  /** Where the bytes are; null when they were not stored (`inlet parse`, or unavailable). */
  blob: BlobRef | null;
}

export interface AddressTag {
  /** `deal`, `campaign`, `support`, `rep`, …: the local part before the tag. */
  kind: string;
  value: string;
  /** The address that carried it. */
  address: string;
}

export interface NormalizedEvent {
  eventId: string;
  tenantId: string;
  emailKey: string;
  contentHash: string;
  conversationId: string;
  lane: string;
  receivedAt: number;
  parsedAt: number;
  source: SourceInfo;
  /** Our mailbox that the email reached. */
  mailbox: string | null;
  envelope: Envelope | null;
  messageId: string | null;
  inReplyTo: string | null;
  references: string[];
  from: Mailbox | null;
  /** The person behind From; null without a From, and in records of before 2026-12, where it is From. */
  contact: Contact | null;
  sender: Mailbox | null;
  replyTo: Mailbox[];
  to: Mailbox[];
  cc: Mailbox[];
  bcc: Mailbox[];
  /** The Date header as epoch ms; null when missing or unreadable. */
  date: number | null;
  subject: string | null;
  text: string | BlobRef | null;
  html: string | BlobRef | null;
  replyText: string | BlobRef | null;
  /** A mail gateway's caution above the words; no part of `replyText`. */
  banner: string | null;
  signature: { name: string | null; phones: string[] } | null;
  attachments: AttachmentInfo[];
  auth: { spf: string | null; dkim: string | null; dmarc: string | null };
  spamVerdict: string | null;
  spamScore: number | null;
  classification: { kind: string; reasons: string[] };
  addressTags: AddressTag[];
  headers: Header[] | BlobRef;
  rawRef: { topic: string; partition: number; offset: number; blob: BlobRef | null } | null;
  warnings: string[];
}

export interface Outcome {
  eventId: string;
  tenantId: string;
  lane: string;
  emailKey: string | null;
  /** `written`, `suppressed` or `dead_lettered`. */
  state: string;
  reason: string | null;
  warnings: string[];
  duplicateOf: string | null;
  crm: string | null;
  /** Every effect this email has in the CRM. */
  effects: { effect: string; key: string; recordId: string | null }[];
  pass: number;
  attempts: number;
  receivedAt: number;
  endedAt: number;
}

export interface OutboundMessage {
  tenantId: string;
  /** Without angle brackets. */
  messageId: string;
  contactEmail: string | null;
  dealId: string | null;
  campaign: string | null;
  sentAt: number;
  receivedAt: number;
}

export interface ValueOf {
  RawEvent: RawEvent;
  NormalizedEvent: NormalizedEvent;
  Outcome: Outcome;
  OutboundMessage: OutboundMessage;
}
export type RecordName = keyof ValueOf;
