import { isAllowed } from "@inlet/domain";
import type { Proposal } from "@inlet/ledger";
import { z } from "zod";
import { why } from "../fields.ts";
import { defineOperation, type Actor, type AnyOperation, type OperationDeps } from "../operation.ts";
import { notAllowed, notFound, Problem } from "../problem.ts";
import { proposalSchema } from "./proposal-schema.ts";

const input = z.object({ id: z.string().regex(/^prp_[\w-]{1,80}$/, "is no proposal's id"), why });
/** As the proposal's own operation asks, which is known only when it is found. */
const ANY_TENANT = "";

/** Another person than the one who proposed it lets it be done. */
export function defineApproval(operations: readonly AnyOperation[]) {
  return defineOperation({
    name: "proposal.approve",
    path: "/proposals/:id/approve",
    summary: "Let be done what another person proposed. Needs that operation's role; machines and the proposer cannot.",
    role: null,
    input,
    result: z.object({ proposal: proposalSchema, result: z.record(z.string(), z.unknown()) }),
    tenant: () => ANY_TENANT,
    run: async (deps, { id, why: reason }, actor) => {
      const { proposal, operation } = await findOpen(deps, operations, id, actor);
      if (actor.kind !== "session")
        throw notAllowed("a person who is signed in to the console: machines and commands approve nothing");
      if (proposal.proposer === actor.name) throw notAllowed("another person than the one who proposed it");
      const decided = await deps.ledger.proposals.decide(id, {
        state: "approved",
        actor: actor.name,
        why: reason ?? null,
      });
      if (decided === null) throw decidedMeanwhile(await deps.ledger.proposals.get(id));
      const proposer: Actor = { name: proposal.proposer, kind: "session", grants: [] };
      try {
        const result = (await operation.run(deps, proposal.input, proposer)) as Record<string, unknown>;
        await deps.ledger.proposals.end(id, null);
        return { proposal: { ...decided, state: "done" as const }, result };
      } catch (error) {
        // Of a fault in the middle it is not known what was done: it stays approved.
        if (error instanceof Problem) await deps.ledger.proposals.end(id, error.message);
        throw error;
      }
    },
  });
}

/** Also by the one who proposed it. */
export function defineRejection(operations: readonly AnyOperation[]) {
  return defineOperation({
    name: "proposal.reject",
    path: "/proposals/:id/reject",
    summary: "Have it not be done what was proposed. Needs that operation's role.",
    role: null,
    input,
    result: z.object({ proposal: proposalSchema }),
    tenant: () => ANY_TENANT,
    run: async (deps, { id, why: reason }, actor) => {
      await findOpen(deps, operations, id, actor);
      const proposal = await deps.ledger.proposals.decide(id, {
        state: "rejected",
        actor: actor.name,
        why: reason ?? null,
      });
      if (proposal === null) throw decidedMeanwhile(await deps.ledger.proposals.get(id));
      return { proposal };
    },
  });
}

async function findOpen(
  { ledger }: Pick<OperationDeps, "ledger">,
  operations: readonly AnyOperation[],
  id: string,
  { grants }: Actor,
): Promise<{ proposal: Proposal; operation: AnyOperation }> {
  const proposal = await ledger.proposals.get(id);
  const operation = operations.find(({ name }) => name === proposal?.operation);
  if (proposal === null || operation === undefined)
    throw notFound(`proposal ${id}`, "npx inlet proposals list shows them.");
  if (!isAllowed(grants, operation.role, proposal.tenant))
    throw notAllowed(`the role ${operation.role ?? "any"} for ${proposal.tenant ?? "every tenant"}`);
  if (proposal.state !== "proposed") throw decidedMeanwhile(proposal);
  return { proposal, operation };
}

function decidedMeanwhile(proposal: Proposal | null): Problem {
  const by = proposal?.decidedBy ?? null;
  return new Problem(
    409,
    "not-in-this-state",
    `The proposal is ${proposal?.state ?? "gone"}${by === null ? "" : `, by ${by}`}: nothing to decide.`,
  );
}
