import type { FastifyInstance } from "fastify";
import { duplicatesIn } from "./duplicates.ts";
import type { FaultRule, Faults } from "./faults.ts";
import type { CrmStore } from "./store/crm-store.ts";
import { OBJECT_TYPES } from "./store/object-types.ts";

export interface CallCounts {
  count(operation: string, status: number): void;
  clear(): void;
  /** Operation → status → calls; status `none` where nothing was answered. */
  read(): Record<string, Record<string, number>>;
}

export function createCallCounts(): CallCounts {
  const counts = new Map<string, Map<string, number>>();
  return {
    count(operation, status) {
      const byStatus = counts.get(operation) ?? new Map<string, number>();
      const key = status === 0 ? "none" : String(status);
      byStatus.set(key, (byStatus.get(key) ?? 0) + 1);
      counts.set(operation, byStatus);
    },
    clear: () => counts.clear(),
    read: () => Object.fromEntries([...counts].map(([name, byStatus]) => [name, Object.fromEntries(byStatus)])),
  };
}

const FAULT_SCHEMA = {
  type: "object",
  additionalProperties: false,
  minProperties: 1,
  properties: {
    match: {
      type: "object",
      additionalProperties: false,
      properties: { method: { type: "string" }, path: { type: "string" }, tenant: { type: "string" } },
    },
    rate: { type: "number", minimum: 0, maximum: 1 },
    times: { type: "integer", minimum: 1 },
    status: { type: "integer", minimum: 207, maximum: 599 },
    carryOut: { type: "boolean" },
    retryAfter: { type: "integer", minimum: 0 },
    policyName: { enum: ["DAILY", "TEN_SECONDLY_ROLLING", "SECONDLY"] },
    category: { type: "string" },
    delayMs: { type: "integer", minimum: 0, maximum: 600_000 },
    drop: { enum: ["before", "after"] },
    lateWriteMs: { type: "integer", minimum: 0, maximum: 600_000 },
    cut: { type: "boolean" },
    dripMs: { type: "integer", minimum: 1, maximum: 10_000 },
  },
  anyOf: ["status", "delayMs", "drop", "lateWriteMs", "cut", "dripMs"].map((name) => ({ required: [name] })),
} as const;

export interface ControlOptions {
  readonly store: CrmStore;
  readonly faults: Faults;
  readonly calls: CallCounts;
  /** Empties the account and seeds it anew. */
  readonly reset: () => void;
}

/** `/sandbox/…`: what the real CRM does not have. Faults, what is stored, what was called, and a fresh start. */
export function serveControl(app: FastifyInstance, { store, faults, calls, reset }: ControlOptions): void {
  app.post<{ Body: FaultRule }>("/sandbox/faults", { schema: { body: FAULT_SCHEMA } }, async (request, reply) => {
    reply.code(201);
    return faults.add(request.body);
  });
  app.get("/sandbox/faults", async () => ({ faults: faults.list() }));
  app.delete("/sandbox/faults", async (_, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.delete<{ Params: { id: string } }>("/sandbox/faults/:id", async (request, reply) =>
    reply.code(faults.remove(request.params.id) ? 204 : 404).send(),
  );
  app.get("/sandbox/records", async () => getRecords(store));
  app.get("/sandbox/duplicates", async () => {
    const duplicates = duplicatesIn(store);
    return { count: duplicates.length, duplicates };
  });
  app.get("/sandbox/calls", async () => ({ calls: calls.read() }));
  app.post("/sandbox/reset", async (_, reply) => {
    reset();
    return reply.code(204).send();
  });
}

/** Everything that is stored, records in the bin left out. */
export function getRecords(store: CrmStore): Record<string, unknown> {
  const objects = OBJECT_TYPES.map((type) => [type, store.all(type)] as const);
  const files = store.files();
  const associations = objects.flatMap(([, all]) => all.flatMap((object) => store.associated(object)));
  return {
    counts: { ...Object.fromEntries(objects.map(([type, all]) => [type, all.length])), files: files.length },
    ...Object.fromEntries(objects),
    files,
    associations,
  };
}
