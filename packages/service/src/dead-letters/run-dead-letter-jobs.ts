import { setTimeout as sleep } from "node:timers/promises";
import { poll, type Poller } from "@inlet/ledger";
import { errorForLog } from "@inlet/telemetry";
import { LEASE_MS, runDeadLetterJob, type DeadLetterDeps } from "./run-dead-letter-job.ts";

const IDLE_MS = 1_000;
const AFTER_FAULT_MS = 2_000;

/** Takes bulk work on dead letters of the lanes, one job at a time; stopped, it lets go of its own for another instance. */
export function runDeadLetterJobs(deps: DeadLetterDeps, lanes: readonly string[]): Poller {
  const stop = new AbortController();
  const poller = poll(
    async () => {
      const job = await deps.ledger.jobs.take({
        holder: deps.instance,
        leaseMs: LEASE_MS,
        kinds: ["dlq_replay", "dlq_discard"],
        service: "crm-sink",
        lanes,
      });
      if (job === null) return false;
      deps.log.info({ job: job.id, name: job.name, actor: job.actor, total: job.total }, "dead letter job taken");
      try {
        await runDeadLetterJob(deps, job, stop.signal);
      } catch (error) {
        // From where it is, here or elsewhere: what was sent and not told of is sent again, and passed over.
        await deps.ledger.jobs.letGo(job.id, deps.instance).catch(() => {});
        await sleep(AFTER_FAULT_MS, undefined, { signal: stop.signal }).catch(() => {});
        throw error;
      }
      return true;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "dead letters in bulk cannot be worked at"),
    },
  );
  return {
    stop: async () => {
      stop.abort();
      await poller.stop();
    },
  };
}
