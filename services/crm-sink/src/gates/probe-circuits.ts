import { poll, type Poller } from "@inlet/ledger";
import { errorForLog } from "@inlet/telemetry";
import { PING_MS } from "../crm/crm-answers.ts";
import type { SinkDeps } from "../attempt.ts";

const IDLE_MS = 500;

/**
 * Pings the CRMs whose circuits are open when their time has come, each from one instance. No email is a probe: one that ends before any
 * call would keep the circuit open, and one that its CRM dislikes as well.
 */
export function probeCircuits(
  deps: Pick<SinkDeps, "ledger" | "tenants" | "crms" | "monotonic" | "log">,
  lanes: readonly string[],
): Poller {
  /** A CRM that hangs holds up no other's probe. */
  const pinging = new Map<string, Promise<void>>();
  const ping = async (tenantId: string): Promise<void> => {
    const tenant = deps.tenants.get(tenantId);
    if (tenant === undefined) return;
    const crm = deps.crms.of(tenant);
    const answer = await crm.adapter.ping({ deadline: deps.monotonic() + Math.min(tenant.crm.timeoutMs, PING_MS * 2) });
    if (answer.ok || answer.fault.kind !== "outage") await crm.circuit.recordPing();
    else await crm.foundAway(answer.fault, null, true);
  };
  const poller = poll(
    async () => {
      const mine = deps.tenants.all().filter(({ id, lane }) => lanes.includes(lane) && !pinging.has(id));
      const due = await deps.ledger.circuits.takeProbes(mine.map(({ id, crm }) => ({ tenant: id, crm: crm.kind })));
      for (const { tenant } of due) {
        const done = ping(tenant)
          // Its lease runs out, and it is probed again.
          .catch((error: unknown) =>
            deps.log.warn({ err: errorForLog(error), tenant }, "a circuit could not be probed"),
          )
          .finally(() => pinging.delete(tenant));
        pinging.set(tenant, done);
      }
      return false;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "the ledger's circuits cannot be read"),
    },
  );
  return {
    stop: async () => {
      await poller.stop();
      await Promise.all(pinging.values());
    },
  };
}
