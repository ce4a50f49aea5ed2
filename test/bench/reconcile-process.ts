/** Runs `inlet reconcile --deep` with the environment it is given; says how long it took, and the most memory it had. */
import { main } from "@inlet/cli";

export interface ReconcileCost {
  readonly exitCode: number;
  readonly ms: number;
  readonly peakMb: number;
}

process.once("message", () => void run());

async function run(): Promise<void> {
  const at = performance.now();
  const exitCode = await main(["reconcile", "--deep"]);
  const cost: ReconcileCost = {
    exitCode,
    ms: performance.now() - at,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
  process.send?.(cost);
}
