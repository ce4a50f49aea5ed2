import type { EmailContent, ParseFault } from "@inlet/email";
import type { ProviderMetadata, StoredElsewhere } from "@inlet/sources";

/** What a worker is asked: bytes of one kind of source (docs/concepts/protocol.md, section 12), under the media type that they were posted with. */
export interface ParseJob {
  readonly kind: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** authserv-ids (RFC 8601) whose Authentication-Results are trusted; none without it. */
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
  /** The post only says where the email lies. */
  | { readonly ok: "elsewhere"; readonly object: StoredElsewhere; readonly metadata: ProviderMetadata }
  | { readonly ok: false; readonly fault: ParseFault };
