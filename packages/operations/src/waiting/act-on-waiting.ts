import type { WaitingFilter } from "@inlet/ledger";
import { z } from "zod";
import { eventId, flag, list, optional, tenantId, time, toTime, why } from "../fields.ts";
import { CALLS_AN_EMAIL } from "../guard/reach.ts";
import { defineOperation, type Operation, type OperationDeps, type Reach } from "../operation.ts";
import { badInput, Problem } from "../problem.ts";

const choice = {
  eventIds: list(eventId),
  all: flag.describe("every email that waits (with a filter: those)"),
  tenant: optional(tenantId),
  reason: optional(z.string().max(80)).describe("the code under which it waits, or what stands before its colon"),
  since: time.describe("waiting since then or later"),
};
const retryInput = z.object({ ...choice, why });
const endInput = z.object({
  ...choice,
  why: z.string({ error: "say it: it stands in the dead letter and in the audit" }).trim().min(1).max(500),
});
type Choice = Omit<z.infer<typeof retryInput>, "why">;

const result = z.object({
  emails: z.number(),
  counts: z.array(z.object({ tenant: z.string(), code: z.string(), emails: z.number() })),
});

export const retryWaiting = actOnWaiting("retry", {
  path: "/waiting/retry",
  summary:
    "Make waiting emails due now. A conversation keeps its order, and a circuit, a hold or a quota is not passed by.",
  input: retryInput,
});

export const deadLetterWaiting = actOnWaiting("dead-letter", {
  path: "/waiting/dead-letter",
  summary:
    "Take waiting emails out: each ends as a dead letter (taken_out) within seconds, what stands behind it goes on.",
  input: endInput,
});

function actOnWaiting<Input extends Choice & { readonly why?: string | undefined }>(
  act: "retry" | "dead-letter",
  about: Pick<Operation<Input, z.infer<typeof result>>, "path" | "summary" | "input">,
): Operation<Input, z.infer<typeof result>> {
  return defineOperation({
    ...about,
    name: `waiting.${act}`,
    role: "process",
    result,
    tenant: ({ tenant }) => tenant ?? null,
    freeze: async (deps, given) => {
      checkChoice(given);
      return given.since === undefined ? given : { ...given, since: toTime(given.since, deps.now(), "since") };
    },
    measure: async (deps, given) => measure(deps, given),
    run: async (deps, given, { name: actor }) => {
      const filter = toFilter(deps, given);
      const counts = await deps.ledger.waiting.count(filter);
      const waiting = counts.reduce((sum, each) => sum + each.emails, 0);
      const missing = (filter.eventIds?.length ?? 0) - waiting;
      if (filter.eventIds !== undefined && missing > 0)
        throw new Problem(
          409,
          "not-in-this-state",
          `${missing} of the named emails do not wait. npx inlet show says what became of one; nothing was done`,
        );
      const emails = waiting === 0 ? 0 : await deps.ledger.waiting.act(filter, { act, actor, why: given.why ?? null });
      return { emails, counts };
    },
  });
}

function checkChoice({ eventIds, all, tenant, reason, since }: Choice): void {
  const filtered = [tenant, reason, since].some((each) => each !== undefined);
  if (eventIds.length === 0 && !filtered && !all)
    throw badInput("which emails? Name event ids, or all, a tenant, a reason or a time");
  if (eventIds.length > 0 && all) throw badInput("event ids and all together make no sense: use one of the two");
}

async function measure(deps: OperationDeps, given: Choice): Promise<Reach> {
  const counts = await deps.ledger.waiting.count(toFilter(deps, given));
  const emails = counts.reduce((sum, each) => sum + each.emails, 0);
  return {
    emails,
    tenants: [...new Set(counts.map(({ tenant }) => tenant))],
    oldestAt: null,
    newestAt: null,
    calls: emails * CALLS_AN_EMAIL,
    parts: counts,
  };
}

function toFilter({ now }: OperationDeps, { eventIds, tenant, reason, since }: Choice): WaitingFilter {
  return {
    ...(eventIds.length === 0 ? {} : { eventIds: [...new Set(eventIds)] }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(reason === undefined ? {} : { reason }),
    ...(since === undefined ? {} : { since: toTime(since, now(), "since") }),
  };
}
