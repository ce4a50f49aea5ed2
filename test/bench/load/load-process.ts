/** The load generator, in a process of its own: takes a {@link LoadPlan}, answers a {@link LoadResult}, ends with its parent. */
import { generateLoad } from "./generate-load.ts";
import type { LoadPlan } from "./plan.ts";

process.on("disconnect", () => process.exit());
process.on("message", (plan: LoadPlan) => {
  void generateLoad(plan).then((result) => process.send?.(result));
});
