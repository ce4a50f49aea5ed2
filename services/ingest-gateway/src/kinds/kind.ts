import type { IncomingHttpHeaders } from "node:http";
import type { Envelope } from "@inlet/schemas";
import type { ReadSignatureHeaders } from "../signatures/signature.ts";

/** What the gateway learns about a verified delivery without parsing the email. */
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

/** A way to send email to the gateway: how it is authenticated, and what names it. One file a kind; `kinds.ts` lists them. */
export interface Kind {
  /** Media types that it takes, for the answer 415 and the docs. */
  readonly mediaTypes: readonly string[];
  readonly readSignatureHeaders: ReadSignatureHeaders;
  /** Reads the delivery out of verified bytes. Never throws: what is verified is kept, readable or not. */
  describe(body: Buffer, headers: IncomingHttpHeaders): Delivery;
}
