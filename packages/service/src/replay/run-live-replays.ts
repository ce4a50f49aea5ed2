import type { Admin, Consumer, Kafka } from "@inlet/kafka";
import { liveService, poll, toReplay, type Job, type Ledger, type Poller, type ReplayedService } from "@inlet/ledger";
import { groupIn } from "@inlet/schemas";
import { errorForLog, type Log } from "@inlet/telemetry";
import { LEASE_MS } from "./run-replay.ts";

export interface LiveReplayDeps {
  readonly kafka: Pick<Kafka, "admin">;
  readonly ledger: Pick<Ledger, "jobs">;
  readonly log: Log;
  readonly service: ReplayedService;
  /** Unique to this process: the holder of its jobs. */
  readonly instance: string;
}

const ROUND_MS = 1_000;
/** Far more than are ever open at once. */
const MOST_OPEN = 100;

/**
 * Replays on the service's own groups, while they run: each member sets its own partitions back, as only a member may, and marks them in the row. What
 * it has committed so goes to the next owner of a partition; a mark is made after that, so that a death in between only reads some of it twice. One
 * instance tells how far the groups are.
 */
export function runLiveReplays(
  deps: LiveReplayDeps,
  consumers: ReadonlyMap<string, Pick<Consumer, "seekBack">>,
): Poller {
  const { ledger, log, instance } = deps;
  const service = liveService(deps.service);
  const lanes = [...consumers.keys()];
  const held = new Set<string>();
  let admin: Admin | null = null;

  const setBack = async (job: Job): Promise<void> => {
    const done = rewound(job);
    for (const { partition, from } of toReplay(job).ranges) {
      if (done.has(partition) || (await consumers.get(job.lane)?.seekBack(partition, BigInt(from))) !== true) continue;
      log.info({ job: job.id, partition, from }, "partition set back");
      await ledger.jobs.markRewound(job.id, partition);
    }
  };
  const tell = async (job: Job): Promise<void> => {
    admin ??= await deps.kafka.admin();
    const { topic, ranges } = toReplay(job);
    const committed = await admin.committedOffsets(groupIn(deps.service, job.lane), topic);
    const done = rewound(job);
    const read = ranges.map(({ partition, from, to }) => {
      const at = done.has(partition) ? Number(committed.get(partition) ?? from) : from;
      return Math.min(Math.max(at, from), to) - from;
    });
    const total = ranges.reduce((sum, { from, to }) => sum + (to - from), 0);
    const sum = read.reduce((all, each) => all + each, 0);
    const kept = await ledger.jobs.report(
      { id: job.id, holder: instance, leaseMs: LEASE_MS },
      { done: sum, results: {} },
    );
    if (kept === null || kept.wanted === "pause") {
      held.delete(job.id);
      if (kept !== null) await ledger.jobs.letGo(job.id, instance);
    } else if (kept.wanted === "cancel" || sum >= total) {
      held.delete(job.id);
      await ledger.jobs.finish(
        { id: job.id, holder: instance },
        { state: kept.wanted === "cancel" ? "cancelled" : "done" },
      );
    }
  };
  const poller = poll(
    async () => {
      const open = await ledger.jobs.list({ kind: "replay", open: true, limit: MOST_OPEN });
      const mine = open.filter((job) => job.service === service && lanes.includes(job.lane));
      for (const job of mine) if (job.state !== "paused" && job.wanted === null) await setBack(job);
      const taken = await ledger.jobs.take({ holder: instance, leaseMs: LEASE_MS, kinds: ["replay"], service, lanes });
      if (taken !== null) held.add(taken.id);
      for (const id of held) {
        const job = await ledger.jobs.get(id);
        if (job === null) held.delete(id);
        else await tell(job);
      }
      return false;
    },
    {
      idleMs: ROUND_MS,
      onError: (error) => log.warn({ err: errorForLog(error) }, "replays of the live group cannot be worked at"),
    },
  );
  return {
    stop: async () => {
      await poller.stop();
      for (const id of held) await ledger.jobs.letGo(id, instance).catch(() => {});
      await admin?.close();
    },
  };
}

function rewound({ place }: Job): ReadonlySet<number> {
  return new Set(Object.keys(place["rewound"] ?? {}).map(Number));
}
