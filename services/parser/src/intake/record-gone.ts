import { deadLetter, getRetryDelay } from "@inlet/domain";
import type { WaitingEmail } from "@inlet/ledger";
import { reportRecordGone } from "@inlet/service";
import type { ParserDeps } from "./incoming-delivery.ts";
import { finishParse } from "../finish/finish-parse.ts";

/**
 * A delivery that waited by reference is due, and its record is not in Kafka. It is looked for again as often as any passing fault is tried,
 * then dead-lettered with what is known of it. Loud each time.
 */
export async function endRecordGone(deps: ParserDeps, email: WaitingEmail): Promise<void> {
  const { tenant, eventId, lane, record, pass, attempt, attempts, since } = email;
  const at = `${record.topic}/${record.partition}/${record.offset}`;
  reportRecordGone(deps.log, { tenant, event_id: eventId, at, attempt }, "a waiting delivery's record is not in Kafka");
  const delayMs = getRetryDelay("record_gone", attempts, deps.random());
  await finishParse(
    deps,
    record,
    { tenant, eventId, lane, pass, attempts, since, receivedAt: email.receivedAt, maxAgeMs: Infinity },
    delayMs === null
      ? deadLetter("record_gone", "read", `it waited by reference; ${at} is no longer in Kafka`)
      : { kind: "retry", code: "record_gone", attempt: "record_gone", delayMs },
  );
}
