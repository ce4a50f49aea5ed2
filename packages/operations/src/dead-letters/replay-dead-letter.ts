import { type Admin, buildReplay, type KafkaRecord, type Producer } from "@inlet/kafka";
import type { DeliveryView, Ledger } from "@inlet/ledger";
import { tracer } from "@inlet/telemetry";
import { Problem } from "../problem.ts";
import { settlementsFor, type HandDecision } from "./settlements.ts";

/** The dead letter of a row, read from the dlq. Throws a {@link Problem} when it is no longer there. */
export async function readDeadLetter(admin: Admin, delivery: DeliveryView): Promise<KafkaRecord> {
  const at = delivery.deadLetter;
  const record = at === null ? null : await admin.readRecord({ ...at, offset: BigInt(at.offset) });
  if (record === null) {
    throw new Problem(
      409,
      "record-gone",
      `${delivery.eventId}: its dead letter is not in the dlq any more${at === null ? "" : ` (${at.topic}/${at.partition}/${at.offset})`}. While its raw event is kept, reset the parser's offsets to it (${delivery.raw === null ? "unknown" : `${delivery.raw.topic}, partition ${delivery.raw.partition}, offset ${delivery.raw.offset}`})`,
    );
  }
  return record;
}

/**
 * Sends a dead letter through its stage again: the original bytes to the original topic, as the next pass, in a new trace that is linked to
 * the old one. The row stays dead-lettered until its service reads the record, so a crash here loses nothing.
 */
export async function replayDeadLetter(
  deps: {
    readonly ledger: Pick<Ledger, "deliveries" | "effects" | "audit">;
    readonly admin: Admin;
    readonly producer: Producer;
    readonly actor: string;
  },
  delivery: DeliveryView,
  decision: HandDecision | null,
): Promise<{ eventId: string; topic: string; partition: number; offset: string; pass: number; settled: number }> {
  const settlements = await settlementsFor(deps.ledger, delivery, decision);
  const record = await readDeadLetter(deps.admin, delivery);
  const pass = delivery.pass + 1;
  const replay = buildReplay(record, pass);
  if (replay === null)
    throw new Problem(
      409,
      "record-unusable",
      `${delivery.eventId}: its dead letter does not say which topic it came from`,
    );
  const { tenant, eventId } = delivery;
  const by = { tenant, eventId, actor: deps.actor };
  if (settlements.length > 0 && !(await deps.ledger.effects.settleByHand(by, settlements)))
    throw new Problem(
      409,
      "lost-the-race",
      `${eventId}: another email took up one of its effects meanwhile. Nothing was settled; try again`,
    );
  await deps.ledger.audit(deps.actor, "dlq.replay", {
    tenant,
    eventId,
    pass,
    reason: delivery.reason,
    settled: settlements.length,
  });

  const links =
    delivery.traceId === null ? [] : [{ context: { traceId: delivery.traceId, spanId: replay.spanId, traceFlags: 1 } }];
  return tracer("operations").startActiveSpan(
    "replay dead letter",
    { root: true, links, attributes: { "inlet.tenant": tenant, "inlet.event_id": eventId } },
    async (span) => {
      try {
        const at = await deps.producer.send(replay.record);
        await deps.ledger.deliveries.appendJourneyEvent(tenant, eventId, "cli", "replayed", {
          pass,
          from: "dlq",
          by: deps.actor,
        });
        return {
          eventId,
          topic: at.topic,
          partition: at.partition,
          offset: String(at.offset),
          pass,
          settled: settlements.length,
        };
      } finally {
        span.end();
      }
    },
  );
}
