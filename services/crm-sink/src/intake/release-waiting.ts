import { setTimeout as sleep } from "node:timers/promises";
import { BATCHING_KINDS } from "@inlet/crm";
import type { RecordReader } from "@inlet/kafka";
import { poll, readWaitingRecords, type Poller } from "@inlet/ledger";
import { errorForLog, hideMessages } from "@inlet/telemetry";
import { LEASE_MARGIN_MS, WAITING_BUDGET_MS } from "../limits.ts";
import type { SinkDeps } from "../attempt.ts";
import type { FairQueue } from "./fair-queue.ts";
import { handleRecord } from "./handle-record.ts";
import { endRecordGone } from "./record-gone.ts";

const IDLE_MS = 250;
const LIMIT = 64;
const PER_TENANT = 16;
/** Taken and not ended; more would only wait here while their leases run. */
const MOST_TAKEN = 128;
/**
 * Where the CRM takes many at a time, a few tokens do for many emails: taken at once they go through their steps together. The tokens are
 * those of one email's calls, contact, deal and activity.
 */
const TOGETHER = { crms: BATCHING_KINDS, tokens: 5, emails: 48 };

/**
 * Takes due waiting mail of the lanes, oldest first per tenant, and tries it again. Several instances share the work by leases. What was
 * taken of a tenant ends before more of it is taken; others do not wait for it. The bytes of mail that waits by reference are read from Kafka.
 */
export function releaseWaiting(
  deps: SinkDeps,
  reader: RecordReader,
  queue: FairQueue,
  lanes: readonly string[],
): Poller {
  /** Emails under way by tenant. */
  const taken = new Map<string, number>();
  let tenantEnded = Promise.withResolvers<void>();
  const count = (tenant: string, by: 1 | -1): void => {
    const left = (taken.get(tenant) ?? 0) + by;
    if (left > 0) {
      taken.set(tenant, left);
      return;
    }
    taken.delete(tenant);
    tenantEnded.resolve();
    tenantEnded = Promise.withResolvers();
  };
  return poll(
    async () => {
      const room = MOST_TAKEN - [...taken.values()].reduce((sum, emails) => sum + emails, 0);
      const emails =
        room <= 0
          ? []
          : await deps.ledger.waiting.take({
              stage: "deliver",
              lanes,
              owner: deps.instance,
              leaseMs: WAITING_BUDGET_MS + LEASE_MARGIN_MS,
              perTenant: PER_TENANT,
              limit: Math.min(LIMIT, room),
              except: [...taken.keys()],
              together: TOGETHER,
            });
      const readRecord = readWaitingRecords(reader, emails);
      for (const email of emails) {
        const { tenant, eventId, pass, attempts, since, starts, code, emailKey } = email;
        count(tenant, 1);
        void readRecord(email)
          .then(async (record) =>
            queue.run(tenant, `waiting ${eventId}`, async () =>
              record === null
                ? endRecordGone(deps, email)
                : handleRecord(deps, { from: "waiting", record, emailKey, pass, attempts, since, starts, code }),
            ),
          )
          // Its lease runs out and it is taken again: nothing is lost, it only waits longer.
          .catch((error: unknown) =>
            deps.log.warn(
              { err: hideMessages(errorForLog(error)), tenant, event_id: eventId },
              "waiting email could not be tried",
            ),
          )
          .finally(() => count(tenant, -1));
      }
      if (taken.size === 0) return false;
      await Promise.race([tenantEnded.promise, sleep(IDLE_MS)]);
      return true;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "the ledger's waiting mail cannot be read"),
    },
  );
}
