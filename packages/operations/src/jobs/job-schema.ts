import { JOB_KINDS, type Job } from "@inlet/ledger";
import { z } from "zod";

const detail = z.record(z.string(), z.unknown());
const time = z.number().nullable().describe("epoch ms");

/** A job as the API answers it. */
export const jobSchema: z.ZodType<Job> = z.object({
  id: z.string(),
  kind: z.enum(JOB_KINDS),
  service: z.string(),
  lane: z.string(),
  name: z.string(),
  actor: z.string(),
  why: z.string().nullable(),
  filter: detail,
  frozen: detail,
  state: z.enum(["waiting", "running", "paused", "cancelled", "done", "failed"]),
  wanted: z.enum(["pause", "cancel"]).nullable(),
  done: z.number(),
  total: z.number().nullable(),
  results: z.record(z.string(), z.number()),
  place: detail,
  detail: z.string().nullable(),
  holder: z.string().nullable(),
  askedAt: z.number(),
  startedAt: time,
  endedAt: time,
});
