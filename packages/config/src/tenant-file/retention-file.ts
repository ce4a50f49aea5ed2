import { TOPICS } from "@inlet/schemas";
import { duration, milliseconds } from "@inlet/settings";
import { z } from "zod";

const DAY_MS = 86_400_000;
/** Kafka deletes by segments, which are up to a week old when they end. */
const MARGIN_MS = 7 * DAY_MS;
/** What Kafka may still show of an email, and reconcile and a restore look up in the ledger. */
const SHORTEST_ROWS_MS = TOPICS.outcomes.retentionMs + MARGIN_MS;
/** A dead letter of the last day of `raw-events` is sent through again on the last day of the dlq. */
const SHORTEST_BLOBS_MS = TOPICS.rawEvents.retentionMs + TOPICS.dlq.retentionMs + MARGIN_MS;

/** A duration that is not below what a replay can bring back. */
function atLeast(shortestMs: number, why: string) {
  return duration.refine(
    (text) => !(milliseconds(text) < shortestMs),
    `is below ${Math.ceil(shortestMs / DAY_MS)}d: ${why}`,
  );
}

/** `retention:` of a tenant's file (docs/guides/retention.md). */
export const retentionFile = z
  .strictObject({
    deliveries: atLeast(
      SHORTEST_ROWS_MS,
      "Kafka could bring an email back of which the ledger knows nothing, and it would be written twice",
    )
      .default("400d")
      .meta({
        description:
          "how long an ended delivery is kept in the ledger, with its journey, effects and what matches later email to it; at least 97d",
      }),
    sentMessages: atLeast(MARGIN_MS, "replies come later than that")
      .default("400d")
      .meta({ description: "how long registered sent messages are kept; at least 7d" }),
    blobs: atLeast(SHORTEST_BLOBS_MS, "a dead letter could be sent through again whose body is gone")
      .default("180d")
      .meta({ description: "how long bodies and attachments of ended deliveries are kept; at least 51d" }),
  })
  .prefault({});

/** How long what of a tenant is kept, ms. */
export interface RetentionConfig {
  readonly deliveriesMs: number;
  readonly sentMessagesMs: number;
  readonly blobsMs: number;
}

export function toRetentionConfig({
  deliveries,
  sentMessages,
  blobs,
}: z.output<typeof retentionFile>): RetentionConfig {
  return {
    deliveriesMs: milliseconds(deliveries),
    sentMessagesMs: milliseconds(sentMessages),
    blobsMs: milliseconds(blobs),
  };
}
