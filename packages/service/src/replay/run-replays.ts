import { poll, type Poller } from "@inlet/ledger";
import { errorForLog } from "@inlet/telemetry";
import { LEASE_MS, runReplay, type ReplayDeps } from "./run-replay.ts";

const IDLE_MS = 1_000;

/** Takes replays of the service's lanes, one at a time, and works at them beside what comes; stopped, it lets go of its own for another instance. */
export function runReplays(deps: ReplayDeps, lanes: readonly string[]): Poller {
  const stop = new AbortController();
  const poller = poll(
    async () => {
      const job = await deps.ledger.jobs.take({
        holder: deps.instance,
        leaseMs: LEASE_MS,
        kinds: ["replay"],
        service: deps.service,
        lanes,
      });
      if (job === null) return false;
      deps.log.info({ job: job.id, name: job.name, actor: job.actor, total: job.total }, "replay taken");
      await runReplay(deps, job, stop.signal);
      return true;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "replays cannot be worked at"),
    },
  );
  return {
    stop: async () => {
      stop.abort();
      await poller.stop();
    },
  };
}
