import type { Html } from "@inlet/html";
import { performOperation, type Operation } from "@inlet/operations";
import type { AnyAction, Viewer } from "../screen.ts";

/** An operation as the console's button and API address; `next` is where a browser goes then, `once` what it is shown instead. */
export function toAction<Input, Result extends object>(
  operation: Operation<Input, Result>,
  next: (input: Input, result: Result) => string,
  once?: (result: Result) => Html | null,
): AnyAction {
  return {
    ...operation,
    act: async ({ ledger, surroundings, now }, input, viewer, asked) => {
      const deps = { ledger, now, ...surroundings };
      const performed = await performOperation(deps, operation, input as Input, toActor(viewer), asked);
      if (performed.kind === "counted") return { result: { reach: performed.reach }, next: "/" };
      if (performed.kind === "proposed")
        return { result: { proposal: performed.proposal }, next: "/proposals", status: 202 };
      const acted = { result: performed.result, next: next(input as Input, performed.result) };
      const page = once?.(performed.result) ?? null;
      return page === null ? acted : { ...acted, page };
    },
    tenant: (input) => operation.tenant(input as Input),
  };
}

function toActor({ actor, kind, grants }: Viewer) {
  return { name: actor, kind, grants };
}
