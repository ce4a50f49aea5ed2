import type { JobRequest } from "./create-job.ts";
import type { Job, JobDetail } from "./job.ts";

/** The services whose records are read again, each with its topic. */
export const REPLAYED = { parser: "rawEvents", "crm-sink": "normalizedEvents" } as const;
export type ReplayedService = keyof typeof REPLAYED;

/** Which records of the range are meant; what is left out is not asked for. */
export interface ReplayFilter {
  readonly tenant?: string;
  readonly eventIds?: readonly string[];
}

/** Offsets of one partition, fixed when the replay was asked for: `to` is one beyond the last. */
export interface ReplayRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** A replay as its holder reads it from its row. */
export interface Replay {
  readonly id: string;
  readonly service: ReplayedService;
  readonly lane: string;
  readonly topic: string;
  /** The group that reads beside the service's own; gone when the replay has ended. */
  readonly groupId: string;
  readonly filter: ReplayFilter;
  readonly ranges: readonly ReplayRange[];
}

export function replayGroup(service: string, id: string): string {
  return `${service}.replay.${id}`;
}

/** Who carries out a replay on the service's own group: every instance, each for its partitions. */
export function liveService(service: ReplayedService): string {
  return `${service}:live`;
}

/** The row that asks for a replay; its total is records, of which the filter may mean only some. */
export function toReplayRequest(
  replay: Omit<Replay, "groupId">,
  by: { readonly name: string; readonly actor: string; readonly why: string | null; readonly asked: JobDetail },
): JobRequest {
  const { id, service, lane, topic, filter, ranges } = replay;
  const { asked, ...who } = by;
  const total = ranges.reduce((sum, { from, to }) => sum + (to - from), 0);
  return {
    id,
    kind: "replay",
    service,
    lane,
    ...who,
    filter: { ...asked, ...filter },
    frozen: { topic, ranges },
    total,
  };
}

export function toReplay({ id, service, lane, filter, frozen }: Job): Replay {
  const { topic, ranges } = frozen as unknown as Pick<Replay, "topic" | "ranges">;
  return {
    id,
    service: service as ReplayedService,
    lane,
    topic,
    groupId: replayGroup(service, id),
    filter,
    ranges,
  };
}
