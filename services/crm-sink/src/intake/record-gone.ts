import { deadLetter, getRetryDelay } from "@inlet/domain";
import type { WaitingEmail } from "@inlet/ledger";
import { UNTOUCHED, finishDelivery, reportRecordGone } from "@inlet/service";
import type { SinkDeps } from "../attempt.ts";

/**
 * An email that waited by reference is due, and its record is not in Kafka. It is looked for again as often as any passing fault is tried, since
 * a partition that changes its leader hides records for a moment; then it is dead-lettered with what is known of it. Loud each time.
 */
export async function endRecordGone(deps: SinkDeps, email: WaitingEmail): Promise<void> {
  const { tenant, eventId, lane, record, pass, attempts, parsedAt, since, emailKey } = email;
  const at = `${record.topic}/${record.partition}/${record.offset}`;
  reportRecordGone(
    deps.log,
    { tenant, event_id: eventId, at, attempt: email.attempt },
    "a waiting email's record is not in Kafka",
  );
  const delayMs = getRetryDelay("record_gone", attempts, deps.random());
  await finishDelivery(
    deps,
    {
      ...UNTOUCHED,
      service: "crm-sink",
      stage: "deliver",
      tenant,
      eventId,
      lane,
      record,
      parsedAt,
      pass,
      attempts,
      since,
      receivedAt: email.receivedAt,
      maxAgeMs: Infinity,
      emailKey,
    },
    delayMs === null
      ? deadLetter("record_gone", "read", `it waited by reference; ${at} is no longer in Kafka`)
      : { kind: "retry", code: "record_gone", attempt: "record_gone", delayMs },
  );
}
