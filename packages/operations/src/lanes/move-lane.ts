import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { laneStates, type Admin } from "@inlet/kafka";
import { toLaneMoveRequest, type Job, type LaneMove, type Ledger } from "@inlet/ledger";
import { Problem } from "../problem.ts";

/** Longer than a sink trusts what it knows of a tenant's holds, ms. */
const HOLD_KNOWN_MS = 2_000;

export interface MoveDeps {
  readonly admin: Pick<Admin, "applyTopics" | "topics" | "memberCounts">;
  readonly jobs: Pick<Ledger["jobs"], "createOnce" | "list">;
  readonly actor: string;
  readonly why: string | null;
  /** Also where no one reads the new lane yet. */
  readonly force: boolean;
  /** Has the tenant's file name the new lane; null where the operator does that. */
  readonly switchFile: (() => Promise<void>) | null;
  readonly holdKnownMs?: number;
}

/**
 * Begins a move, or goes on with the one that was begun: topics, then the hold, then the file, so that no mail of the new lane is delivered before
 * the old one is drained. The sinks of the new lane end it, whatever becomes of this process.
 */
export async function moveLane(deps: MoveDeps, move: LaneMove): Promise<Job> {
  const { admin, jobs, actor, why, force, switchFile } = deps;
  const open = (await jobs.list({ kind: "lane_move", open: true, limit: 1_000 })).find(
    ({ filter }) => filter["tenant"] === move.tenant,
  );
  if (open !== undefined && open.lane !== move.to) throw onItsWay(move.tenant, open);
  if (open === undefined && move.from === move.to)
    throw conflict(`${move.tenant} is in the lane ${move.to} already: nothing to do`);
  await admin.applyTopics([move.to]);
  const [state] = await laneStates(admin, [move.to]);
  const idle = state?.idleGroups ?? [];
  if (idle.length > 0 && !force)
    throw conflict(
      `no one reads the lane ${move.to} yet (${idle.join(", ")}): start its parser and crm-sink with LANES=${move.to} first. With --force its mail waits until they run`,
    );
  const id = `move_${randomBytes(5).toString("hex")}`;
  const request = toLaneMoveRequest(move, { id, actor, why });
  // A second move that is asked for at this moment goes on with the first one.
  const job = open ?? (await jobs.createOnce({ ...request, underWay: JSON.stringify(["lane move", move.tenant]) })).job;
  if (job.lane !== move.to) throw onItsWay(move.tenant, job);
  await sleep(deps.holdKnownMs ?? HOLD_KNOWN_MS);
  await switchFile?.();
  return job;
}

function onItsWay(tenant: string, { id, lane }: Job): Problem {
  return conflict(`${tenant} is on its way to ${lane}: let that end, or npx inlet jobs cancel ${id}`);
}

function conflict(message: string): Problem {
  return new Problem(409, "cannot-move", message);
}
