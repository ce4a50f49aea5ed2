import { retryDelayMs } from "@inlet/domain";
import type { WaitingEmail } from "@inlet/ledger";
import { metrics } from "@inlet/telemetry";
import type { SinkDeps } from "../attempt.ts";
import { endUnreadable } from "./undecodable-record.ts";

/**
 * An email that waited by reference is due, and its record is not in Kafka. It is looked for again as often as any passing fault is tried, since
 * a partition that changes its leader hides records for a moment; then it is dead-lettered with what is known of it. Loud each time.
 */
export async function endRecordGone(deps: SinkDeps, email: WaitingEmail): Promise<void> {
  const { tenant, eventId, lane, record, pass, attempt, parsedAt, since, starts, code } = email;
  const at = `${record.topic}/${record.partition}/${record.offset}`;
  metrics.alerts.inc({ code: "waiting_record_gone" });
  deps.log.error(
    { tenant, event_id: eventId, at, attempt, code: "waiting_record_gone" },
    "a waiting email's record is not in Kafka",
  );
  const delayMs = retryDelayMs(attempt + 1, deps.random());
  if (delayMs !== null) {
    await deps.ledger.finish({
      tenant,
      eventId,
      service: "crm-sink",
      stage: "deliver",
      parsedAt,
      pass,
      attempt: attempt + 1,
      effects: [],
      to: { state: "waiting", kind: "retry", code: "record_gone", delayMs, lane, conversationId: null, record },
    });
    return;
  }
  await endUnreadable(
    deps,
    { from: "waiting", record, emailKey: email.emailKey, pass, attempt, since, starts, code },
    { tenant, eventId },
    { reason: "record_gone", detail: `it waited by reference; ${at} is no longer in Kafka` },
  );
}
