import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger } from "@inlet/ledger";
import type { Log } from "@inlet/telemetry";

const LOOK_MS = 2_000;

/**
 * A sink does not begin before a ledger that was restored has caught up with outcomes (`inlet ledger recover`): it would write again what they
 * name. A ledger that is away is no reason to wait here.
 */
export async function waitForRecovery(
  { recovery }: { readonly recovery: Pick<Ledger["recovery"], "open"> },
  log: Pick<Log, "warn">,
  lookMs = LOOK_MS,
): Promise<void> {
  for (let told = false; ; told = true) {
    const open = await recovery.open().catch(() => null);
    if (open === null || open.caughtUpAt !== null) return;
    if (!told)
      log.warn(
        { recovery: open.id },
        "the ledger is being recovered: waiting until outcomes are caught up (inlet ledger recover)",
      );
    await sleep(lookMs);
  }
}
