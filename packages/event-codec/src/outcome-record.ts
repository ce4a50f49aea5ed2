import { eventKey, topicIn } from "@inlet/schemas";
import type { Outcome } from "@inlet/schemas";
import type { Codec } from "./codec.ts";
import { recordHeaders, buildSchemaHeader } from "./record-headers.ts";

/** A record ready for the ledger's outbox. */
export interface EncodedRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: readonly (readonly [string, Buffer])[];
}

/** What became of a delivery, as a record for `outcomes`; keyed by event, so that compaction keeps the last. Throws as `encode`. */
export async function outcomeRecord(codec: Codec, outcome: Outcome): Promise<EncodedRecord> {
  return {
    topic: topicIn("outcomes", outcome.lane),
    key: eventKey(outcome.tenantId, outcome.eventId),
    value: await codec.encode("Outcome", outcome),
    headers: recordHeaders({
      tenant: outcome.tenantId,
      eventId: outcome.eventId,
      lane: outcome.lane,
      schema: buildSchemaHeader("Outcome"),
      ...(outcome.emailKey === null ? {} : { emailKey: outcome.emailKey }),
      pass: outcome.pass,
    }),
  };
}
