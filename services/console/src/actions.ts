import { z } from "zod";
import { emailPath } from "./page/parts.ts";
import { notFound, Problem } from "./problem.ts";
import { defineAction, type AnyAction } from "./screen.ts";
import { eventId, optional, tenantId } from "./screens/fields.ts";
import { jobId } from "./screens/jobs.ts";

const ORDERS = {
  pause: "Pause a job: it ends what is under way, and waits.",
  resume: "Let a paused job go on.",
  cancel: "End a job for good; what it did stays.",
} as const;

const jobOrders = (["pause", "resume", "cancel"] as const).map((order) =>
  defineAction({
    name: `job.${order}`,
    path: `/jobs/:id/${order}`,
    summary: ORDERS[order],
    role: "replay",
    input: z.object({ id: jobId }),
    tenant: () => null,
    act: async ({ ledger }, { id }, viewer) => {
      const job = await ledger.jobs.direct(id, order, viewer.actor);
      if (job !== null) return { result: { job }, next: `/jobs/${id}` };
      const found = await ledger.jobs.get(id);
      if (found === null) throw notFound(`job ${id}`);
      throw new Problem(409, "not-in-this-state", `The job is ${found.state}: it cannot ${order} now.`);
    },
  }),
);

const retry = defineAction({
  name: "email.retry",
  path: "/emails/:tenant/:eventId/retry",
  summary: "Make a waiting email due now. What holds it (its conversation, a circuit, a quota, a hold) holds it still.",
  role: "process",
  input: z.object({ tenant: tenantId, eventId }),
  tenant: ({ tenant }) => tenant,
  act: async ({ ledger }, { tenant, eventId: id }, { actor }) => {
    const acted = await ledger.waiting.act({ tenant, eventIds: [id] }, { act: "retry", actor, why: null });
    if (acted === 0) throw new Problem(409, "not-in-this-state", "The email does not wait any more.");
    return { result: { retried: acted }, next: emailPath(tenant, id) };
  },
});

const hold = defineAction({
  name: "tenant.hold",
  path: "/tenants/:tenant/hold",
  summary: "Hold a tenant's mail back from its CRM: it is accepted and parsed, then it waits.",
  role: "process",
  input: z.object({ tenant: tenantId, why: optional(z.string().max(500)) }),
  tenant: ({ tenant }) => tenant,
  act: async ({ ledger }, { tenant, why }, { actor }) => {
    const changed = await ledger.circuits.hold(tenant, { why: why ?? null, actor });
    return { result: { tenant, changed }, next: "/tenants" };
  },
});

const letGo = defineAction({
  name: "tenant.let-go",
  path: "/tenants/:tenant/let-go",
  summary: "Let a tenant's held mail go: it is written oldest first, at the tenant's rate.",
  role: "process",
  input: z.object({ tenant: tenantId }),
  tenant: ({ tenant }) => tenant,
  act: async ({ ledger }, { tenant }, { actor }) => {
    const released = await ledger.circuits.endHold(tenant, actor);
    return { result: { tenant, changed: released !== null, released: released ?? 0 }, next: "/tenants" };
  },
});

const revoke = defineAction({
  name: "token.revoke",
  path: "/tokens/:id/revoke",
  summary: "End a token at once.",
  role: "administer",
  input: z.object({ id: z.string().regex(/^tok_[\w-]{1,80}$/, "is no token's id") }),
  tenant: () => null,
  act: async ({ ledger }, { id }, { actor }) => {
    if (!(await ledger.access.revokeToken(id, actor))) throw notFound(`token ${id} that is good`);
    return { result: { revoked: id }, next: "/tokens" };
  },
});

/** Everything that can be changed: a new one is a line. */
export const ACTIONS: readonly AnyAction[] = [...jobOrders, retry, hold, letGo, revoke];
