import { randomBytes } from "node:crypto";
import type { Proposal } from "@inlet/ledger";
import type { Actor, Operation, OperationDeps } from "../operation.ts";
import { requireConfirmation } from "./confirmation.ts";
import { needsSecondPerson } from "./four-eyes.ts";
import { performOnce } from "./idempotency.ts";
import type { Reach } from "./reach.ts";

/** How something is asked, beside what. */
export interface Asked {
  /** Asked again under it within a day, it is not done again. */
  readonly key: string | null;
  /** Whose emails these are, typed by the one who asks; needed where they are many. */
  readonly confirm: string | null;
  /** Only what it would touch is asked. */
  readonly dryRun: boolean;
}

export const PLAINLY: Asked = { key: null, confirm: null, dryRun: false };

export type Performed<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "counted"; readonly reach: Reach }
  /** It waits for a second person. */
  | { readonly kind: "proposed"; readonly proposal: Proposal };

/** Does an operation, by whichever way it is asked for. Throws a `Problem` where it is not done. */
export async function performOperation<Input, Result extends object>(
  deps: OperationDeps,
  operation: Operation<Input, Result>,
  input: Input,
  actor: Actor,
  asked: Asked = PLAINLY,
): Promise<Performed<Result>> {
  if (asked.dryRun)
    return { kind: "counted", reach: await measure(deps, operation, await freeze(deps, operation, input)) };
  const request = { actor: actor.name, key: asked.key, operation: operation.name, input };
  return performOnce(deps.ledger.requests, request, async () => {
    const frozen = await freeze(deps, operation, input);
    const reach = (await operation.measure?.(deps, frozen)) ?? null;
    if (reach !== null) requireConfirmation(reach, asked.confirm, frozen);
    if (needsSecondPerson(deps.fourEyes, operation.name, reach?.emails ?? 1))
      return { kind: "proposed" as const, proposal: await propose(deps, operation, frozen, actor, reach) };
    return { kind: "done" as const, result: await operation.run(deps, frozen, actor) };
  });
}

async function propose<Input>(
  { ledger }: OperationDeps,
  operation: Operation<Input, object>,
  input: Input,
  { name: proposer }: Actor,
  reach: Reach | null,
): Promise<Proposal> {
  const id = `prp_${randomBytes(8).toString("hex")}`;
  const tenant = operation.tenant(input);
  const emails = reach?.emails ?? null;
  return ledger.proposals.create({ id, operation: operation.name, input, tenant, emails, proposer });
}

async function freeze<Input>(deps: OperationDeps, operation: Operation<Input, object>, input: Input): Promise<Input> {
  return (await operation.freeze?.(deps, input)) ?? input;
}

async function measure<Input>(deps: OperationDeps, operation: Operation<Input, object>, input: Input): Promise<Reach> {
  const one = { emails: 1, tenants: null, oldestAt: null, newestAt: null, calls: 0, parts: [] };
  return (await operation.measure?.(deps, input)) ?? one;
}
