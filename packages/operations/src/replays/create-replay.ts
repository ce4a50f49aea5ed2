import { randomBytes } from "node:crypto";
import { liveService, toReplayRequest, type Job } from "@inlet/ledger";
import { z } from "zod";
import { asOf, flag, list, optional, tenantId, time, toTime, why } from "../fields.ts";
import { CALLS_AN_EMAIL } from "../guard/reach.ts";
import { jobSchema } from "../jobs/job-schema.ts";
import { describeUnderWay, underWay } from "../jobs/under-way.ts";
import { defineOperation, type OperationDeps } from "../operation.ts";
import { badInput, Problem } from "../problem.ts";
import { requireTenant } from "../tenants/require-tenant.ts";
import { selectReplays, type ReplaySelection, type Selected } from "./select-replays.ts";
import { setBackEmptyGroups } from "./set-back-empty-groups.ts";

export const replayInput = z.object({
  service: z
    .enum(["crm-sink", "parser"])
    .default("crm-sink")
    .describe("who reads again: the parser parses anew, the sink delivers anew"),
  since: time.describe("by Kafka's clock; earliest: all that is kept"),
  until: time.describe("up to this time; what is there now, unless it is said"),
  offsets: list(z.string().max(300)).describe("TOPIC/PARTITION/OFFSET, OFFSET-OFFSET or OFFSET-"),
  eventIds: list(z.string().max(200)),
  messageIds: list(z.string().max(998)),
  asOf,
  tenant: optional(tenantId),
  lane: optional(z.string().max(63)),
  name: optional(z.string().trim().max(200)),
  why,
  live: flag.describe(
    "set the service's own group back in place of a group beside it: all tenants, new mail behind it",
  ),
});
export type ReplayInput = z.infer<typeof replayInput>;

export const createReplay = defineOperation({
  name: "replay.create",
  path: "/replays",
  summary:
    "Read emails again, beside live mail: what is unchanged costs no call, what changed is updated in place. A job a lane.",
  role: "replay",
  input: replayInput,
  result: z.object({
    jobs: z.array(jobSchema),
    setBack: z
      .array(z.object({ group: z.string(), topic: z.string(), records: z.number() }))
      .describe("groups without members that were set back, and by how many records"),
  }),
  tenant: ({ tenant }) => tenant ?? null,
  freeze: async ({ now }, given) => ({ ...given, asOf: given.asOf ?? now() }),
  measure: async (deps, given) => {
    const selected = await selectForReplay(deps, given);
    const parts = selected.map(({ service, lane, topic, ranges }) => ({
      service,
      lane,
      topic,
      records: countRecords(ranges),
    }));
    const named = given.eventIds.length + given.messageIds.length;
    const emails = named > 0 ? named : parts.reduce((sum, { records }) => sum + records, 0);
    const { since, until } = toSelection(given, deps.now());
    const calls = emails * CALLS_AN_EMAIL;
    return {
      emails,
      tenants: given.tenant === undefined ? null : [given.tenant],
      oldestAt: since,
      newestAt: until,
      calls,
      parts,
    };
  },
  run: async (deps, given, { name: actor }) => {
    const { ledger, kafka } = deps;
    const selected = await selectForReplay(deps, given);
    const setBack = given.live ? await kafka.withAdmin(async (admin) => setBackEmptyGroups(admin, selected)) : [];
    for (const { group, records } of setBack)
      await ledger.audit(actor, "offsets set back", { group, records, why: given.why ?? null });
    const asked = selected.filter(({ topic }) => !setBack.some((each) => each.topic === topic));
    return { jobs: await askForReplays(deps, asked, given, actor), setBack };
  },
});

/** The replays that are meant, one a lane, with their ranges as they are now. Throws where nothing is. */
export async function selectForReplay(deps: OperationDeps, given: ReplayInput): Promise<Selected[]> {
  if (given.live && (given.tenant ?? given.until ?? given.eventIds[0] ?? given.messageIds[0]) !== undefined)
    throw badInput("live moves the whole group: it goes with since or offsets, and a lane");
  const selection = toSelection(given, deps.now());
  if (selection.tenant !== null) requireTenant(deps, selection.tenant);
  const selected = await deps.kafka.withAdmin(async (admin) =>
    selectReplays({ admin, ledger: deps.ledger }, selection),
  );
  if (selected.length === 0) throw new Problem(404, "not-found", "Kafka has no record of that time");
  return selected;
}

/** What is asked now means what is there when it is done; what waited for a second person, what was there when the first one asked. */
const SOON_MS = 60_000;

function toSelection({ service, since, until, asOf: at, ...given }: ReplayInput, now: number): ReplaySelection {
  const asked = at ?? now;
  return {
    service,
    since: since === undefined ? null : since === "earliest" ? 0 : toTime(since, asked, "since"),
    until: until === undefined ? (now - asked > SOON_MS ? asked : null) : toTime(until, asked, "until"),
    offsets: given.offsets,
    eventIds: given.eventIds,
    messageIds: given.messageIds,
    tenant: given.tenant ?? null,
    lane: given.lane ?? null,
  };
}

async function askForReplays(
  { ledger }: OperationDeps,
  selected: readonly Selected[],
  given: ReplayInput,
  actor: string,
): Promise<Job[]> {
  const { since, until, offsets, messageIds, tenant, live } = given;
  const asked = {
    since,
    until,
    ...(offsets.length === 0 ? {} : { offset: offsets }),
    ...(messageIds.length === 0 ? {} : { messageId: messageIds }),
  };
  const by = { name: given.name ?? `replay of ${tenant ?? "all tenants"}`, actor, why: given.why ?? null, asked };
  const jobs: Job[] = [];
  const others: Job[] = [];
  for (const replay of selected) {
    const request = toReplayRequest({ id: randomBytes(5).toString("hex"), ...replay }, by);
    const own = live ? { ...request, service: liveService(replay.service) } : request;
    const { job, created } = await ledger.jobs.createOnce({ ...own, underWay: describeUnderWay("replay", own) });
    (created ? jobs : others).push(job);
  }
  if (jobs.length === 0 && others.length > 0) throw underWay(others);
  return jobs;
}

function countRecords(ranges: Selected["ranges"]): number {
  return ranges.reduce((sum, { from, to }) => sum + (to - from), 0);
}
