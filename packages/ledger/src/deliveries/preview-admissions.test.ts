import { afterAll, beforeAll, expect, it } from "vitest";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, waits, written } from "../../testing/samples.ts";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import type { Candidate } from "./admit.ts";

let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
}, 60_000);
afterAll(async () => database.close());

/** How a delivery stands, what is asked of it, and what is said; `admit` says the same, or `already_ended` where nothing is left to do. */
const CASES: readonly (readonly [
  name: string,
  stands: (tenant: string) => Promise<void>,
  Partial<Candidate>,
  says: string,
])[] = [
  ["no row", async () => {}, {}, "deliver"],
  ["delivering, the same record", admitted, {}, "deliver"],
  ["delivering, an older record", admitted, { parsedAt: 1_000 }, "stale"],
  ["written, the same", ended("written"), {}, "unchanged"],
  ["written, the same content in an older record", ended("written"), { parsedAt: 1_000 }, "unchanged"],
  ["written, another mapping", ended("written"), { mappingVersion: "m2" }, "deliver"],
  ["written, another content", ended("written"), { contentHash: "other" }, "deliver"],
  ["written, another content in an older record", ended("written"), { contentHash: "other", parsedAt: 1_000 }, "stale"],
  ["suppressed, the same", ended("suppressed"), {}, "unchanged"],
  ["suppressed, another mapping", ended("suppressed"), { mappingVersion: "m2" }, "deliver"],
  ["a dead letter, read again", ended("dead_lettered"), {}, "dead_lettered"],
  ["a dead letter, under another mapping", ended("dead_lettered"), { mappingVersion: "m2" }, "dead_lettered"],
  ["a dead letter of an earlier pass", ended("dead_lettered"), { pass: 1 }, "deliver"],
  ["waiting, the same record", waiting, {}, "waiting"],
  ["waiting, a newer record", waiting, { parsedAt: 3_000 }, "waiting"],
];

it.each(CASES)("%s: a look-up says what admitting would, and writes nothing", async (name, stands, change, says) => {
  const tenant = `t-${name.replaceAll(/[^a-z]/g, "-").slice(0, 30)}`;
  await stands(tenant);
  const asked = { ...candidate(tenant, "evt_1", 2_000), ...change };
  const before = await database.query("select * from deliveries where tenant = $1", [tenant]);
  const [preview] = await ledger.deliveries.previewAdmissions([asked]);
  expect(preview?.verdict).toBe(says);
  expect(await database.query("select * from deliveries where tenant = $1", [tenant])).toEqual(before);
  const admission = await ledger.deliveries.admit(asked);
  const nothingToDo = says === "unchanged" || says === "dead_lettered";
  expect(admission).toEqual(nothingToDo ? { verdict: "already_ended" } : preview);
});

async function admitted(tenant: string): Promise<void> {
  await ledger.deliveries.admit(candidate(tenant, "evt_1", 2_000));
}

function ended(state: "written" | "suppressed" | "dead_lettered") {
  return async (tenant: string): Promise<void> => {
    await admitted(tenant);
    const end = written(tenant, "evt_1", 2_000);
    await ledger.deliveries.finish({ ...end, to: { ...end.to, state } as typeof end.to });
  };
}

async function waiting(tenant: string): Promise<void> {
  await admitted(tenant);
  await ledger.deliveries.finish(waits(tenant, "evt_1", 2_000, { value: Buffer.from("v"), delayMs: 60_000 }));
}
