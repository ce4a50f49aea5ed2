import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ledgerOn, openMemoryDatabase, type Database } from "../../testing/index.ts";
import { incoming, parsed, waits, written } from "../../testing/samples.ts";

let database: Database;
let ledger: ReturnType<typeof ledgerOn>;
let count = 0;
let tenant = "";
const ADA = "ada@customers.example";

beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());
beforeEach(() => {
  tenant = `t${(count += 1)}`;
});

const CONTACT = { effect: "contact", key: ADA, recordId: "c1", created: true };

async function write(eventId: string, writer: string): Promise<void> {
  await ledger.deliveries.accept([incoming(tenant, eventId)], 1_000);
  const names = { emailKey: `eml_${eventId}`, conversationId: `cnv_${eventId}`, messageId: `${eventId}@mail` };
  await ledger.deliveries.markParsed([{ ...parsed(tenant, eventId), ...names, writers: [writer] }]);
  await ledger.lifecycle.noteBlobUse({ tenant, eventId, key: `${tenant}/2026-01-01/${"a".repeat(64)}`, kind: "part" });
  const end = written(tenant, eventId, 2_000);
  if (end.to.state === "waiting") throw new Error("not an end");
  const summary = [
    { ...CONTACT, key: writer },
    { effect: "activity", key: names.emailKey, recordId: `a-${eventId}` },
  ];
  await ledger.deliveries.finish({ ...end, to: { ...end.to, summary, evidence: { recipients: [writer] } } });
}

const ask = async () =>
  ledger.erasures.ask({ id: `era-${tenant}`, tenant, address: ADA, actor: "ana", why: "asked by letter" });
/** As if it had been asked for long ago, and was not looked at since. */
const age = async () =>
  database.query("update erasures set asked_at = asked_at - interval '1 hour', looked_at = null where tenant = $1", [
    tenant,
  ]);
async function work(): Promise<string[]> {
  const states: string[] = [];
  for (;;) {
    const round = await ledger.erasures.work();
    if (round === null) return states;
    states.push(round.state);
  }
}

test("an erasure blanks what the person wrote, keeps what others wrote, and leaves the address nowhere", async () => {
  await write("evt_1", ADA);
  await write("evt_2", "bob@customers.example");
  await ask();
  await work();
  await age();
  await work();
  const erasure = await ledger.erasures.get(`era-${tenant}`);
  expect(erasure).toMatchObject({ state: "done", held: 0, open: 0, counts: { deliveries: 1, email_writers: 1 } });
  expect(await ledger.inspect.delivery(tenant, "evt_1")).toMatchObject({
    state: "suppressed",
    reason: "erased",
    effects: [],
    evidence: {},
    messageId: null,
  });
  expect(await ledger.inspect.delivery(tenant, "evt_2")).toMatchObject({ state: "written", messageId: "evt_2@mail" });
  const records = await database.query(
    "select effect, record_id from erased_records where erasure_id = $1 order by 1, 2",
    [`era-${tenant}`],
  );
  expect(records).toEqual([
    { effect: "activity", record_id: "a-evt_1" },
    { effect: "contact", record_id: "c1" },
  ]);
  for (const table of ["deliveries", "effects", "journey", "erasures", "audit", "email_writers", "erased_records"])
    expect(
      JSON.stringify(
        await database.query(
          `select * from ${table} where ${table === "erased_records" ? "true" : `tenant = '${tenant}'`}`,
        ),
      ),
    ).not.toContain(ADA);
});

test("asked for twice, or worked on twice, it comes to the same", async () => {
  await write("evt_1", ADA);
  const first = await ask();
  const second = await ledger.erasures.ask({ id: "another", tenant, address: ADA, actor: "bo", why: null });
  expect(second.id).toBe(first.id);
  await work();
  await database.query("update erasures set looked_at = null where tenant = $1", [tenant]);
  await work();
  expect((await ledger.erasures.get(first.id))?.counts["deliveries"]).toBe(1);
});

test("what waits is ended as erased by its service, and the erasure is not done before", async () => {
  await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1_000);
  await ledger.deliveries.markParsed([{ ...parsed(tenant, "evt_1"), writers: [ADA] }]);
  await ledger.deliveries.finish(waits(tenant, "evt_1", 2_000, { value: Buffer.from("words"), delayMs: 1_000 }));
  await ask();
  await age();
  expect(await work()).toEqual(["running"]);
  expect(await ledger.erasures.get(`era-${tenant}`)).toMatchObject({ open: 1, counts: { waiting: 1 } });
  const taken = await ledger.waiting.takeTakenOut({
    stage: "deliver",
    lanes: [`lane-${tenant}`],
    owner: "me",
    leaseMs: 1_000,
    limit: 9,
  });
  expect(taken).toMatchObject([{ eventId: "evt_1", erased: true }]);
});

test.each([
  ["the tenant", {}],
  ["the person", { address: ADA }],
  ["the email", { eventId: "evt_1" }],
  ["the conversation", { conversationId: "cnv_evt_1" }],
  ["the time", { from: 0, until: 5_000 }],
])("a legal hold on %s keeps an erasure pending until it is released", async (_what, fields) => {
  await write("evt_1", ADA);
  const hold = await ledger.lifecycle.addHold({
    id: `hold-${tenant}`,
    tenant,
    actor: "ana",
    why: "litigation",
    ...fields,
  });
  await ask();
  await age();
  expect(await work()).toEqual(["pending"]);
  expect(await ledger.inspect.delivery(tenant, "evt_1")).toMatchObject({ state: "written" });
  expect(await ledger.lifecycle.releaseHold(hold.id, "bo")).toMatchObject({ releasedBy: "bo" });
  expect(await ledger.lifecycle.releaseHold(hold.id, "bo")).toBeNull();
  await work();
  expect(await ledger.inspect.delivery(tenant, "evt_1")).toMatchObject({ reason: "erased" });
});

test("a hold on something else keeps nothing of it", async () => {
  await write("evt_1", ADA);
  for (const [n, fields] of [
    { address: "bob@x.example" },
    { eventId: "evt_9" },
    { from: 9_000 },
    { address: ADA, until: 5 },
  ].entries())
    await ledger.lifecycle.addHold({ id: `${tenant}-${n}`, tenant, actor: "ana", why: "x", ...fields });
  await ask();
  await work();
  expect(await ledger.inspect.delivery(tenant, "evt_1")).toMatchObject({ reason: "erased" });
});

test("a blob goes when no email needs it any more, and one that is needed again in between stays", async () => {
  const key = `${tenant}/2026-01-01/${"a".repeat(64)}`;
  await write("evt_1", ADA);
  await write("evt_2", "bob@customers.example");
  await ask();
  await work();
  const removed: string[] = [];
  const remove = async (blob: { key: string }) => void removed.push(blob.key);
  const drain = async () => {
    while ((await ledger.lifecycle.deleteDueBlob(remove)) !== null);
    return removed.filter((each) => each === key).length;
  };
  expect(await drain()).toBe(0);
  await ledger.erasures.ask({ id: `b-${tenant}`, tenant, address: "bob@customers.example", actor: "ana", why: null });
  await work();
  await ledger.lifecycle.noteBlobUse({ tenant, eventId: "evt_3", key, kind: "part" });
  expect(await drain()).toBe(0);
  await database.query("delete from blob_uses where event_id = 'evt_3' and tenant = $1", [tenant]);
  await database.query("update stored_blobs set due_at = now() where tenant = $1", [tenant]);
  // The process dies after the blob and before its row: the next round asks for the same again.
  await expect(ledger.lifecycle.deleteDueBlob(async () => Promise.reject(new Error("killed")))).rejects.toThrow(
    "killed",
  );
  expect(await drain()).toBe(1);
});
