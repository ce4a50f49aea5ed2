import type { Actor, Operation, OperationDeps } from "../operation.ts";

/** Does an operation, by whichever way it is asked for. Throws a `Problem` where it is not done. */
export async function performOperation<Input, Result extends object>(
  deps: OperationDeps,
  operation: Operation<Input, Result>,
  input: Input,
  actor: Actor,
): Promise<Result> {
  const frozen = (await operation.freeze?.(deps, input)) ?? input;
  return operation.run(deps, frozen, actor);
}
