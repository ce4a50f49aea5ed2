import type { AttachmentInfo, NormalizedEvent } from "@inlet/schemas";
import type { ForwardedEmail } from "./contact/read-forward.ts";

/** Everything of a normalized email that the bytes themselves tell; ids that need the tenant are added by `identify`. */
export type EmailContent = Omit<
  NormalizedEvent,
  | "eventId"
  | "tenantId"
  | "emailKey"
  | "contentHash"
  | "conversationId"
  | "lane"
  | "receivedAt"
  | "parsedAt"
  | "source"
  | "mailbox"
  | "rawRef"
  | "text"
  | "html"
  | "replyText"
  | "headers"
  | "attachments"
  | "addressTags"
  | "contact"
> & {
  text: string | null;
  html: string | null;
  replyText: string | null;
  headers: { name: string; value: string }[];
  attachments: ParsedAttachment[];
  /** Date header exactly as sent; part of the emailKey. */
  dateAsSent: string | null;
  /** Hex SHA-256 over From, To, Cc, Date, Subject, decoded text and html, attachment hashes (docs/concepts/protocol.md, section 1). */
  contentHash: string;
  /** First of References, else In-Reply-To, else Thread-Index's root, else Message-ID, else contentHash. */
  conversationRoot: string;
  /** Emails that this one forwards, the outermost first. */
  forwarded: ForwardedEmail[];
};

export type ParsedAttachment = Omit<AttachmentInfo, "blob"> & {
  /** Decoded bytes; null when they are to be fetched from `downloadUrl` (signed JSON) or are unavailable. */
  bytes: Uint8Array | null;
  downloadUrl: string | null;
};

export interface ParseFault {
  /** From schemas/reasons.ts. */
  readonly code: "unreadable_mime" | "unreadable_json" | "no_sender" | "limit_exceeded";
  /** Names what is wrong and where; never quotes content. */
  readonly message: string;
}

export type ParseResult =
  | { readonly ok: true; readonly email: EmailContent }
  | { readonly ok: false; readonly fault: ParseFault };

export interface ParseOptions {
  /** authserv-ids (RFC 8601) of servers whose Authentication-Results are trusted. Default none: `auth` is null throughout. */
  readonly trustedAuthservIds?: readonly string[];
}

/** What the signed JSON says of its own delivery. */
export interface SenderSource {
  readonly eventId: string | null;
  /** Epoch ms. */
  readonly receivedAt: number | null;
}

export type JsonParseResult =
  | { readonly ok: true; readonly email: EmailContent; readonly source: SenderSource }
  | { readonly ok: false; readonly fault: ParseFault };
