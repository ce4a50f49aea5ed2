import { poll, type Poller } from "@inlet/ledger";
import { errorForLog } from "@inlet/telemetry";
import { LEASE_MARGIN_MS, WAITING_BUDGET_MS, type SinkDeps } from "./email-try.ts";
import type { FairQueue } from "./fair-queue.ts";
import { handleRecord } from "./handle-record.ts";

const LIMIT = 64;
const PER_TENANT = 16;

/** Takes due waiting mail of the lanes, oldest first per tenant, and tries it again. Several instances share the work by leases. */
export function releaseWaiting(deps: SinkDeps, queue: FairQueue, lanes: readonly string[]): Poller {
  return poll(
    async () => {
      const emails = await deps.ledger.takeWaiting({
        stage: "deliver",
        lanes,
        owner: deps.instance,
        leaseMs: WAITING_BUDGET_MS + LEASE_MARGIN_MS,
        perTenant: PER_TENANT,
        limit: LIMIT,
      });
      await Promise.all(
        emails.map(async ({ tenant, eventId, record, pass, attempt, since }) =>
          queue
            .run(tenant, `waiting ${eventId}`, async () =>
              handleRecord(deps, { from: "waiting", record, pass, attempt, since }),
            )
            // Its lease runs out and it is taken again: nothing is lost, it only waits longer.
            .catch((error: unknown) =>
              deps.log.warn({ err: errorForLog(error), tenant, event_id: eventId }, "waiting email could not be tried"),
            ),
        ),
      );
      return emails.length > 0;
    },
    {
      idleMs: 250,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "the ledger's waiting mail cannot be read"),
    },
  );
}
