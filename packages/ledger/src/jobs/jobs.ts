import type { Database } from "../database.ts";
import { createJob, createJobOnce, type JobRequest } from "./create-job.ts";
import { directJob, getJob, listJobs, type JobOrder } from "./direct-job.ts";
import { finishJob, letGoOfJob, markRewound, reportJob, takeJob, type JobTake } from "./hold-job.ts";
import type { Job, JobProgress } from "./job.ts";
import { forgetJobEmails, listJobEmails, noteJobEmails, type JobEmail } from "./job-emails.ts";
import { endLaneMove, readLaneRemains, type LaneMove, type LaneRemains } from "./lane-move.ts";

/** Work that an operator asked for and that the services carry out. */
export type Jobs = ReturnType<typeof jobsOn>;

export function jobsOn(database: Database) {
  return {
    create: async (request: JobRequest): Promise<Job> => createJob(database, request),
    createOnce: async (request: Parameters<typeof createJobOnce>[1]): ReturnType<typeof createJobOnce> =>
      createJobOnce(database, request),
    take: async (take: JobTake): Promise<Job | null> => takeJob(database, take),
    report: async (held: Parameters<typeof reportJob>[1], progress: JobProgress): Promise<Job | null> =>
      reportJob(database, held, progress),
    markRewound: async (id: string, partition: number): Promise<void> => markRewound(database, id, partition),
    letGo: async (id: string, holder: string): Promise<void> => letGoOfJob(database, id, holder),
    finish: async (held: Parameters<typeof finishJob>[1], end: Parameters<typeof finishJob>[2]): Promise<boolean> =>
      finishJob(database, held, end),
    direct: async (id: string, order: JobOrder, actor: string): Promise<Job | null> =>
      directJob(database, id, order, actor),
    get: async (id: string): Promise<Job | null> => getJob(database, id),
    noteEmails: async (id: string, emails: readonly JobEmail[]): Promise<void> => noteJobEmails(database, id, emails),
    emails: async (id: string, page: Parameters<typeof listJobEmails>[2]) => listJobEmails(database, id, page),
    forgetEmails: async (): Promise<void> => forgetJobEmails(database),
    laneRemains: async (tenant: string, lane: string): Promise<LaneRemains> => readLaneRemains(database, tenant, lane),
    endLaneMove: async (move: LaneMove): Promise<number> => endLaneMove(database, move),
    list: async (filter: Parameters<typeof listJobs>[1]): Promise<Job[]> => listJobs(database, filter),
  };
}
