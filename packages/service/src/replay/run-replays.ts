import { poll, type Poller } from "@inlet/ledger";
import { errorForLog } from "@inlet/telemetry";
import { LEASE_MS, runReplay, type ReplayDeps } from "./run-replay.ts";

const IDLE_MS = 1_000;
/** Replays of one instance at once: one that waits for its tenant must hold up no other. */
const MOST_RUNNING = 3;

/** Takes replays of the service's lanes, a few at a time, and works at them beside what comes; stopped, it lets go of its own for another instance. */
export function runReplays(deps: ReplayDeps, lanes: readonly string[]): Poller {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  let taken = 0;
  const warn = (error: unknown): void => deps.log.warn({ err: errorForLog(error) }, "replays cannot be worked at");
  const poller = poll(
    async () => {
      if (running.size >= MOST_RUNNING) return false;
      // One that took too long to tell may be taken again by this very instance: its first holder must then hear that it has lost it.
      const holder = `${deps.instance}/replay-${(taken += 1)}`;
      const job = await deps.ledger.jobs.take({
        holder,
        leaseMs: LEASE_MS,
        kinds: ["replay"],
        service: deps.service,
        lanes,
      });
      if (job === null) return false;
      deps.log.info({ job: job.id, name: job.name, actor: job.actor, total: job.total }, "replay taken");
      const run = runReplay({ ...deps, instance: holder }, job, stop.signal)
        .catch(warn)
        .finally(() => running.delete(run));
      running.add(run);
      return true;
    },
    {
      idleMs: IDLE_MS,
      onError: warn,
    },
  );
  return {
    stop: async () => {
      stop.abort();
      await poller.stop();
      await Promise.all(running);
    },
  };
}
