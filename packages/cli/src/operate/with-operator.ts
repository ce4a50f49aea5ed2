import { operatorEnvironment, type CliContext } from "../context.ts";
import { withLedger } from "../with-ledger.ts";
import { chooseTarget } from "./choose-target.ts";
import { createLocalActor, createLocalSurroundings } from "./local-deps.ts";
import { operateByApi, operateOn, type Operator } from "./operator.ts";

/** Runs a command's work by the console's API where one is named, and on the ledger itself otherwise. */
export async function withOperator<T>(
  context: CliContext,
  name: string,
  work: (operator: Operator) => Promise<T>,
): Promise<T> {
  const target = chooseTarget(context.env);
  if (target !== null) return work(operateByApi(target));
  const surroundings = createLocalSurroundings(operatorEnvironment(context));
  return withLedger(context, name, async (ledger) =>
    work(operateOn({ ...surroundings, ledger, now: Date.now }, createLocalActor())),
  );
}
