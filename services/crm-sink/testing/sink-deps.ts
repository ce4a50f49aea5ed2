import { createMemoryBlobStore } from "@inlet/blob-store";
import type { TenantConfig } from "@inlet/config";
import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import type { SinkDeps } from "../src/attempt.ts";
import { createIsolation } from "../src/gates/isolation.ts";
import { createMemoryBudget } from "../src/intake/memory-budget.ts";
import { createCrmConnections } from "../src/crm/crm-connections.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** What a sink works with, on a ledger that a test brings: the real CRM clients, and a producer that acknowledges everything. */
export function sinkDeps(
  ledger: SinkDeps["ledger"],
  tenants: ReadonlyMap<string, TenantConfig>,
  change: Partial<SinkDeps> = {},
): SinkDeps {
  let offset = 0n;
  const failpoint = change.failpoint ?? (() => {});
  return {
    ledger,
    codec: createCodec({ registry: createLocalSchemaIds() }),
    blobs: createMemoryBlobStore(),
    tenants: {
      get: (id) => tenants.get(id),
      isBroken: () => false,
      all: () => [...tenants.values()],
      faults: () => [],
      close: async () => {},
    },
    crms: createCrmConnections({ ledger, log: change.log ?? SILENT, random: change.random ?? (() => 0.5), failpoint }),
    producer: { send: async ({ topic }) => ({ topic, partition: 0, offset: (offset += 1n) }), close: async () => {} },
    instance: "sink/1",
    log: SILENT,
    now: Date.now,
    monotonic: () => performance.now(),
    random: () => 0.5,
    failpoint,
    isolation: createIsolation(),
    memory: createMemoryBudget(64 * 1024 * 1024),
    // Never, unless a test is about it: on a busy machine any attempt takes a second.
    slowMs: 600_000,
    ...change,
  };
}
