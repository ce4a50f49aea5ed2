import type { Actor, Operation, OperationDeps } from "../operation.ts";
import { requireConfirmation } from "./confirmation.ts";
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
  | { readonly kind: "counted"; readonly reach: Reach };

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
    if (operation.measure !== undefined)
      requireConfirmation(await operation.measure(deps, frozen), asked.confirm, frozen);
    return { kind: "done" as const, result: await operation.run(deps, frozen, actor) };
  });
}

async function freeze<Input>(deps: OperationDeps, operation: Operation<Input, object>, input: Input): Promise<Input> {
  return (await operation.freeze?.(deps, input)) ?? input;
}

async function measure<Input>(deps: OperationDeps, operation: Operation<Input, object>, input: Input): Promise<Reach> {
  const one = { emails: 1, tenants: null, oldestAt: null, newestAt: null, calls: 0, parts: [] };
  return (await operation.measure?.(deps, input)) ?? one;
}
