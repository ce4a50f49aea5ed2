import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, Kafka } from "@inlet/kafka";
import { poll, toLaneMove, type Job, type LaneMove, type Ledger, type Poller } from "@inlet/ledger";
import { errorForLog, type Log } from "@inlet/telemetry";
import { drainOldLane, type DrainPlace } from "./drain-old-lane.ts";

const LEASE_MS = 20_000;
const IDLE_MS = 1_000;
const LOOK_MS = 1_000;
/** So long no gateway may have taken an email of the tenant into the old lane: by then each has read the tenant's file, ms. */
const QUIET_MS = 30_000;

export interface LaneMoveDeps {
  readonly kafka: Pick<Kafka, "admin">;
  readonly ledger: Pick<Ledger, "jobs">;
  /** As this process has the tenant's file. */
  readonly tenants: { get(id: string): { readonly lane: string } | undefined };
  readonly log: Log;
  /** Unique to this process: the holder of its jobs. */
  readonly instance: string;
  /** Epoch ms. */
  readonly now: () => number;
  readonly failpoint: (point: string) => void;
  readonly quietMs?: number;
  readonly lookMs?: number;
}

/** Carries out moves of tenants to the lanes that this process serves; stopped, it lets go of its own for another instance. */
export function runLaneMoves(deps: LaneMoveDeps, lanes: readonly string[]): Poller {
  const stop = new AbortController();
  const { ledger, instance, log } = deps;
  const poller = poll(
    async () => {
      const take = { holder: instance, leaseMs: LEASE_MS, kinds: ["lane_move"] as const, service: "crm-sink", lanes };
      const job = await ledger.jobs.take(take);
      if (job === null) return false;
      log.info({ job: job.id, name: job.name, actor: job.actor }, "lane move taken");
      await runLaneMove(deps, job, stop.signal);
      return true;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) =>
        log.warn({ err: errorForLog(error) }, "a tenant's move to another lane cannot be carried out"),
    },
  );
  return {
    stop: async () => {
      stop.abort();
      await poller.stop();
    },
  };
}

async function runLaneMove(deps: LaneMoveDeps, job: Job, stop: AbortSignal): Promise<void> {
  const { ledger, instance } = deps;
  const move = toLaneMove(job);
  const admin = await deps.kafka.admin();
  try {
    let place = job.place as DrainPlace;
    for (let current: Job | null = job; current !== null;) {
      if (current.wanted === "cancel") {
        await finish(deps, job, move, "cancelled");
        return;
      }
      if (stop.aborted || current.wanted === "pause") {
        await ledger.jobs.letGo(job.id, instance);
        return;
      }
      const looked = await look(deps, admin, move, place);
      place = looked.place;
      if (looked.phase === "drained") {
        await finish(deps, job, move, "done");
        return;
      }
      const results = { [looked.phase]: looked.left };
      current = await ledger.jobs.report(
        { id: job.id, holder: instance, leaseMs: LEASE_MS },
        { done: 0, results, place: { ...place } },
      );
      await sleep(deps.lookMs ?? LOOK_MS, undefined, { signal: stop }).catch(() => {});
    }
  } finally {
    await admin.close();
  }
}

async function look(deps: LaneMoveDeps, admin: Admin, move: LaneMove, place: DrainPlace) {
  const { ledger, tenants, now, quietMs = QUIET_MS } = deps;
  return drainOldLane(
    {
      admin,
      getLane: (tenant) => tenants.get(tenant)?.lane ?? null,
      remains: async () => ledger.jobs.laneRemains(move.tenant, move.from),
      now,
      quietMs,
    },
    move,
    place,
  );
}

/** Nothing is held any more: first by the rows, then by the job, so that a process that dies between the two is followed by one that does both again. */
async function finish(
  { ledger, instance, log, failpoint }: LaneMoveDeps,
  job: Job,
  move: LaneMove,
  state: "done" | "cancelled",
): Promise<void> {
  const held = state === "done" ? await ledger.jobs.endLaneMove(move) : 0;
  failpoint("after-lane-drained");
  const own = { id: job.id, holder: instance, leaseMs: LEASE_MS };
  if (state === "done") await ledger.jobs.report(own, { done: held, results: { released: held } });
  const ended = await ledger.jobs.finish(own, { state, detail: null });
  if (ended) log.info({ job: job.id, ...move, held, state }, "lane move ended");
}
