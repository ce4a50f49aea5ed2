import { epochMs } from "../milliseconds.ts";

export const JOB_KINDS = ["replay", "dlq_replay", "dlq_discard", "lane_move", "dry_run"] as const;
export type JobKind = (typeof JOB_KINDS)[number];
export type JobState = "waiting" | "running" | "paused" | "cancelled" | "done" | "failed";

/** JSON of a job's kind: what it selects, what was fixed when it was asked, where it goes on. */
export type JobDetail = Readonly<Record<string, unknown>>;

/** Work that an operator asked for and that the services carry out. Times are epoch ms. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  /** What carries it out: `parser`, `crm-sink` or `cli`. */
  readonly service: string;
  readonly lane: string;
  readonly name: string;
  /** `operator@host`. */
  readonly actor: string;
  readonly why: string | null;
  readonly filter: JobDetail;
  /** The range or the set that it is about, fixed when it was asked. */
  readonly frozen: JobDetail;
  readonly state: JobState;
  /** What its holder is asked to do next. */
  readonly wanted: "pause" | "cancel" | null;
  readonly done: number;
  /** Null when it is not known. */
  readonly total: number | null;
  /** Counts by result. */
  readonly results: Readonly<Record<string, number>>;
  /** Where the next holder goes on. */
  readonly place: JobDetail;
  /** Why it failed. */
  readonly detail: string | null;
  readonly holder: string | null;
  readonly askedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export interface JobProgress {
  readonly done: number;
  readonly total?: number | null;
  readonly results: Readonly<Record<string, number>>;
  readonly place?: JobDetail;
}

export const JOB_COLUMNS = `id, kind, service, lane, name, actor, why, filter, frozen, state, wanted, done, total, results, place, detail, holder,
  ${epochMs("asked_at")} as "askedAt", ${epochMs("started_at")} as "startedAt", ${epochMs("ended_at")} as "endedAt"`;
