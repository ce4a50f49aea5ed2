import { randomBytes } from "node:crypto";
import type { LegalHold } from "@inlet/ledger";
import { z } from "zod";
import { eventId, optional, tenantId, toTime } from "../fields.ts";
import { defineOperation } from "../operation.ts";
import { notFound } from "../problem.ts";
import { requireTenant } from "../tenants/require-tenant.ts";
import { personAddress } from "./erase-person.ts";

const time = z.number().nullable().describe("epoch ms");
const holdSchema: z.ZodType<LegalHold> = z.object({
  id: z.string(),
  tenant: z.string(),
  person: z.string().nullable().describe("keyed digest of the address"),
  eventId: z.string().nullable(),
  conversationId: z.string().nullable(),
  from: time,
  until: time,
  actor: z.string(),
  why: z.string(),
  since: z.number(),
  releasedAt: time,
  releasedBy: z.string().nullable(),
});

export const addLegalHold = defineOperation({
  name: "legal-holds.create",
  path: "/legal-holds",
  summary: "Keep mail from retention and erasure: what fits every field that is given, now and from now on.",
  role: "administer",
  input: z.object({
    tenant: tenantId,
    address: optional(personAddress),
    eventId: optional(eventId),
    conversationId: optional(z.string().regex(/^cnv_\w{1,64}$/, "is no conversation's id (cnv_…)")),
    from: optional(z.string()),
    until: optional(z.string()),
    why: z.string().trim().min(1, "say why: it is read when the hold is to be released").max(500),
  }),
  result: z.object({ hold: holdSchema }),
  tenant: ({ tenant }) => tenant,
  run: async (deps, { from, until, ...given }, { name: actor }) => {
    requireTenant(deps, given.tenant);
    const at = (text: string | undefined, field: string) =>
      text === undefined ? null : toTime(text, deps.now(), field);
    const hold = await deps.ledger.lifecycle.addHold({
      ...given,
      id: randomBytes(5).toString("hex"),
      from: at(from, "from"),
      until: at(until, "until"),
      actor,
    });
    return { hold };
  },
});

export const releaseLegalHold = defineOperation({
  name: "legal-holds.release",
  path: "/legal-holds/:id/release",
  summary: "Release a legal hold: retention counts again, and erasures that it kept pending go on.",
  role: "administer",
  input: z.object({ id: z.string().regex(/^[\w-]{1,80}$/, "is no hold's id") }),
  result: z.object({ hold: holdSchema }),
  tenant: () => null,
  run: async ({ ledger }, { id }, { name: actor }) => {
    const hold = await ledger.lifecycle.releaseHold(id, actor);
    if (hold === null) throw notFound(`hold ${id} in force`, "npx inlet hold list shows them.");
    return { hold };
  },
});
