import type { ConfigFault } from "@inlet/config";
import type { CliContext } from "./context.ts";

/** Faults of tenant files, a line each. */
export function printFaults(context: CliContext, faults: readonly ConfigFault[]): void {
  for (const { where, field, problem, remedy } of faults) {
    context.err(`${where}${field === "" ? "" : `: ${field}`}: ${problem}. ${remedy}.`);
  }
}
