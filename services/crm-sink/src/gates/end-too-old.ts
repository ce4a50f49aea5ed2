import type { RecordReader } from "@inlet/kafka";
import { poll, readWaitingRecords, type Poller } from "@inlet/ledger";
import { errorForLog, hideMessages } from "@inlet/telemetry";
import { LEASE_MARGIN_MS, WAITING_BUDGET_MS } from "../limits.ts";
import type { SinkDeps } from "../attempt.ts";
import { handleRecord } from "../intake/handle-record.ts";
import { endRecordGone } from "../intake/record-gone.ts";

const IDLE_MS = 5_000;
/** EarlyExit in one round: dead letters are whole emails. */
const LIMIT = 64;

/**
 * Ends what has waited beyond its tenant's maxAge, whether or not it is due: a wait that a CRM asked for, or an email before it, must not
 * keep it for ever. Nothing is called; what stood behind it goes on.
 */
export function endTooOld(deps: SinkDeps, reader: RecordReader, lanes: readonly string[]): Poller {
  return poll(
    async () => {
      const mine = deps.tenants.all().filter(({ lane }) => lanes.includes(lane));
      const emails = await deps.ledger.waiting.takeTooOld({
        owner: deps.instance,
        leaseMs: WAITING_BUDGET_MS + LEASE_MARGIN_MS,
        limit: LIMIT,
        tenants: mine.map(({ id, maxAgeMs }) => ({ tenant: id, maxAgeMs })),
      });
      const readRecord = readWaitingRecords(reader, emails);
      for (const email of emails) {
        const { tenant, eventId, pass, attempts, since, starts, code, emailKey } = email;
        try {
          const record = await readRecord(email);
          if (record === null) await endRecordGone(deps, email);
          else
            await handleRecord(deps, {
              from: "waiting",
              record,
              emailKey,
              pass,
              attempts,
              since,
              starts,
              code,
              ends: true,
            });
        } catch (error) {
          // Its lease runs out and it is taken again.
          deps.log.warn(
            { err: hideMessages(errorForLog(error)), tenant, event_id: eventId },
            "an email that is too old could not be ended",
          );
        }
      }
      return emails.length === LIMIT;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "mail that is too old cannot be looked for"),
    },
  );
}
