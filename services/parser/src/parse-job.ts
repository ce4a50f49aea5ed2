import type { EmailContent, ParseFault } from "@inlet/email";

/** What a worker is asked: bytes of one kind of source (PROTOCOL.md 12). */
export interface ParseJob {
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** authserv-ids (RFC 8601) whose Authentication-Results are believed; none without it. */
  readonly trustedAuthservIds?: readonly string[];
}

/** What a worker answers; attachments' bytes inside. */
export type ParseAnswer =
  | {
      readonly ok: true;
      readonly email: EmailContent;
      /** What a signed JSON says of itself. */
      readonly source: { readonly eventId: string | null; readonly receivedAt: number | null };
    }
  | { readonly ok: false; readonly fault: ParseFault };
