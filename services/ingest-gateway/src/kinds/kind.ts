import type { IncomingHttpHeaders } from "node:http";
import type { SourceConfig } from "@inlet/config";
import type { Disbelief, DoorContext, DoorRequest, Opened } from "@inlet/sources";
import type { Envelope } from "@inlet/schemas";

/** What the gateway learns about a believed delivery without parsing the email. */
export interface Delivery {
  /** Names the delivery: the same key from the same source is the same event (PROTOCOL.md 1). */
  readonly key: string;
  /** The id that the provider gave this delivery. */
  readonly deliveryId: string | null;
  /** The id that the sender gave this event. */
  readonly senderEventId: string | null;
  /** When the sender says it received the email, epoch ms. */
  readonly senderReceivedAt: number | null;
  /** Where the source tells it outside of the body. */
  readonly envelope: Envelope | null;
}

/** What a request turned out to be. */
export type OpenedRequest =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | Exclude<Opened, { kind: "delivery" }>;

/** Status codes where the sender gives them another meaning than HTTP; null: as HTTP has it. */
export interface KindAnswers {
  readonly accepted: number;
  /** Of everything that is to be sent again later. */
  readonly later: number | null;
  /** Of everything that is never to be sent again. */
  readonly never: number | null;
}

/** A way to send email to the gateway: how it is believed, and what names it. `kinds.ts` lists them. */
export interface Kind {
  /** Media types that it takes, for the answer 415 and the docs. Null: any. */
  readonly mediaTypes: readonly string[] | null;
  readonly answers: KindAnswers;
  /** Bytes of a body where less is sent than a source may take. */
  readonly mostBodyBytes?: number;
  /** By the headers alone, so that a hopeless request is refused before its body is read. Null: go on. */
  checkHeaders(headers: IncomingHttpHeaders, source: SourceConfig, now: number): Disbelief | null;
  /** Verifies the bytes as they came, then says what they are. Never throws: what is believed is kept, readable or not. */
  open(request: DoorRequest, source: SourceConfig, context: DoorContext): Promise<OpenedRequest>;
}
