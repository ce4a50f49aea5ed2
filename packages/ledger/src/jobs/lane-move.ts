import type { Database } from "../database.ts";
import type { JobRequest } from "./create-job.ts";
import type { Job } from "./job.ts";

/** The code under which mail of the new lane waits while its tenant moves. */
export const LANE_CODE = "lane_moving";

/** A tenant that moves from one lane to another. */
export interface LaneMove {
  readonly tenant: string;
  readonly from: string;
  readonly to: string;
}

/** The row that asks for a move; the sinks of the new lane carry it out. */
export function toLaneMoveRequest(
  move: LaneMove,
  by: { readonly id: string; readonly actor: string; readonly why: string | null },
): JobRequest {
  return {
    ...by,
    kind: "lane_move",
    service: "crm-sink",
    lane: move.to,
    name: `${move.tenant} from ${move.from} to ${move.to}`,
    filter: { ...move },
  };
}

export function toLaneMove({ filter }: Pick<Job, "filter">): LaneMove {
  return filter as unknown as LaneMove;
}

/** Where the old lane stands for a tenant. Times are epoch ms. */
export interface LaneRemains {
  /** When the gateway took the tenant's last email into it; null: never. */
  readonly lastReceivedAt: number | null;
  /** Emails that wait there in parsing: their normalized records are still to come. */
  readonly waitingInParsing: number;
}

export async function readLaneRemains(database: Database, tenant: string, lane: string): Promise<LaneRemains> {
  const [row] = await database.query<LaneRemains>(
    `select (select max(received_at) from deliveries where tenant = $1 and lane = $2) as "lastReceivedAt",
            (select count(*) from waiting where tenant = $1 and lane = $2 and stage = 'parse') as "waitingInParsing"`,
    [tenant, lane],
  );
  return row ?? { lastReceivedAt: null, waitingInParsing: 0 };
}

/** What waits of the old lane is the new one's from now on, and what was held goes on behind it. Answers how many were held. */
export async function endLaneMove(database: Database, { tenant, from, to }: LaneMove): Promise<number> {
  const [row] = await database.query<{ held: number }>("select end_lane_move($1, $2, $3) as held", [tenant, from, to]);
  return row?.held ?? 0;
}
