import { randomUUID } from "node:crypto";
import type { Ledger } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase, type Database } from "@inlet/ledger/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSurroundings } from "../../testing/index.ts";
import { createToken } from "../access/create-token.ts";
import { replayDeadLetters } from "../dead-letters/replay-dead-letters.ts";
import type { Actor, Operation, OperationDeps } from "../operation.ts";
import { createReplay } from "../replays/create-replay.ts";
import { holdTenant, letTenantGo } from "../tenants/hold-tenant.ts";
import { performOperation, PLAINLY, type Asked } from "./perform.ts";

const ANA: Actor = { name: "ana", kind: "session", grants: [] };
const BEN: Actor = { name: "ben", kind: "session", grants: [] };

let database: Database;
let ledger: Ledger;
let deps: OperationDeps;

beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  const surroundings = createSurroundings();
  const producer = await surroundings.memoryKafka.producer();
  await producer.send({ topic: "normalized-events", key: "k", value: Buffer.from("x"), headers: [] });
  deps = { ledger, now: () => Date.now(), ...surroundings };
});
afterAll(async () => database.close());
beforeEach(async () => database.query("delete from deliveries; delete from jobs;"));

async function perform<Input, Result extends object>(
  operation: Operation<Input, Result>,
  body: object,
  asked: Partial<Asked> = {},
  actor = ANA,
) {
  return performOperation(deps, operation, operation.input.parse(body), actor, { ...PLAINLY, ...asked });
}

async function seedDeadLetters(count: number, tenant = "acme"): Promise<void> {
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, reason, source, source_kind, received_at, ended_at, evidence, warnings, effects)
     select $2, 'evt_' || $2 || n, 'shared', 'dead_lettered', 'crm_rejected', 'web', 'signed-json', 1000, 1000 + n, '{}', '[]', '[]' from generate_series(1, $1) n`,
    [count, tenant],
  );
}

describe("what is asked twice under one key", () => {
  it("is done once, and both get the first answer, a secret too, which the database does not hold", async () => {
    const key = randomUUID();
    const ask = async () => perform(createToken, { name: "twice", grants: "process" }, { key });
    const [one, two, late] = [...(await Promise.all([ask(), ask()])), await ask()];
    expect(two).toEqual(one);
    expect(late).toEqual(one);
    expect((await ledger.access.tokens()).filter(({ name }) => name === "twice")).toHaveLength(1);
    const [kept] = await database.query<{ answer: Buffer }>("select answer from operation_requests");
    expect(Buffer.from(kept?.answer ?? "").toString("latin1")).not.toContain("inlet_");
    // Another person's key of the same name is another.
    expect(await perform(createToken, { name: "twice", grants: "process" }, { key }, BEN)).not.toEqual(one);
  });

  it("with something else in it is refused; what was refused is done anew; a key that could be guessed is none", async () => {
    const key = randomUUID();
    await perform(holdTenant, { tenant: "acme" }, { key });
    await expect(perform(holdTenant, { tenant: "globex" }, { key })).rejects.toMatchObject({ code: "key-used" });
    const again = randomUUID();
    await expect(perform(holdTenant, { tenant: "nowhere" }, { key: again })).rejects.toMatchObject({ status: 404 });
    await expect(perform(holdTenant, { tenant: "nowhere" }, { key: again })).rejects.toMatchObject({ status: 404 });
    await expect(perform(letTenantGo, { tenant: "acme" }, { key: "1" })).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("two operators who press at once", () => {
  it.each([
    ["the same dead letters", replayDeadLetters, { reason: "crm_rejected", since: "1970-01-01" }],
    ["the same emails again", createReplay, { since: "24h", tenant: "acme" }],
  ])("get one job: %s", async (_, operation, body) => {
    await seedDeadLetters(3);
    const ask = async (actor: Actor) => perform(operation as Operation<unknown, object>, body, {}, actor);
    const results = await Promise.allSettled([ask(ANA), ask(BEN)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const [job, ...others] = await ledger.jobs.list({ limit: 10 });
    expect(others).toEqual([]);
    const refused = results.find((each) => each.status === "rejected");
    expect(refused?.reason).toMatchObject({ status: 409, code: "under-way", members: { jobs: [job?.id] } });
    // When it is over, the same may be asked again.
    await ledger.jobs.direct(job?.id ?? "", "cancel", "ana");
    await ask(BEN);
  });
});

describe("more than a thousand emails", () => {
  it("need the tenant's name; what would be touched is told, with the filter as it was frozen", async () => {
    await seedDeadLetters(1_001);
    const body = { reason: "crm_rejected" };
    const refused = await perform(replayDeadLetters, body).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      status: 428,
      code: "confirmation-needed",
      members: {
        confirm: "acme",
        reach: { emails: 1_001, tenants: ["acme"], oldestAt: 1_001, newestAt: 2_001, calls: 4_004 },
        input: { until: 2_001 },
      },
    });
    await expect(perform(replayDeadLetters, body, { confirm: "globex" })).rejects.toMatchObject({ status: 428 });
    expect(await ledger.jobs.list({ limit: 10 })).toEqual([]);
    await seedDeadLetters(1, "globex");
    await expect(perform(replayDeadLetters, body, { confirm: "acme" })).rejects.toMatchObject({
      members: { confirm: "all tenants", reach: { tenants: ["acme", "globex"] } },
    });
    const done = await perform(replayDeadLetters, body, { confirm: "all tenants" });
    expect(done).toMatchObject({ kind: "done", result: { emails: 1_002, jobs: [{ total: 1_002 }] } });
  });

  it("a thousand do not, and asked only what it would touch nothing is done", async () => {
    await seedDeadLetters(1_000);
    expect(await perform(replayDeadLetters, { tenant: "acme" }, { dryRun: true })).toMatchObject({
      kind: "counted",
      reach: { emails: 1_000, parts: [{ lane: "shared", emails: 1_000 }] },
    });
    expect(await ledger.jobs.list({ limit: 10 })).toEqual([]);
    expect(await perform(replayDeadLetters, { tenant: "acme" })).toMatchObject({ kind: "done" });
  });
});
