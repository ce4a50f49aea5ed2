import { processEnvironment, readRulesFile } from "@inlet/config";
import type { Log } from "@inlet/telemetry";
import { createTryPool } from "@inlet/try-email";
import { createPreview } from "./preview-delivery.ts";
import type { TryDeps } from "./try-deps.ts";

/** Trying emails for real: a process is started when the first is tried. */
export function openTry(tenantsDir: string, log: Log): TryDeps & { readonly close: () => void } {
  const pool = createTryPool({ processes: 1 });
  return {
    pool,
    readTenant: (tenant) => readRulesFile(tenantsDir, tenant),
    preview: createPreview({ env: processEnvironment(), log }),
    close: () => pool.close(),
  };
}
