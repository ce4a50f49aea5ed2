import { randomUUID } from "node:crypto";
import { createSandbox, type Sandbox } from "@inlet/crm-sandbox";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sinkSteps, type SinkSteps } from "../running/sink-steps.ts";

let sandbox: Sandbox;
let sink: SinkSteps;
let database: Awaited<ReturnType<typeof openMemoryDatabase>>;

beforeAll(async () => {
  sandbox = createSandbox({ seed: false, searchLagMs: 0 });
  const baseUrl = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  database = await openMemoryDatabase();
  sink = await sinkSteps(`crm: { kind: hubspot, baseUrl: "${baseUrl}", token: env:CRM_TOKEN }`, {
    ledger: ledgerOn(database),
  });
}, 120_000);
afterAll(async () => {
  await sink.close();
  await sandbox.app.close();
});

const ada = { name: "Ada Erased", email: "ada@customers.example" };
const write = async (changed: Parameters<SinkSteps["email"]>[0]) => {
  const event = sink.email({ replyTo: [], contact: null, ...changed });
  expect(await sink.deliverInTurn(event)).toMatchObject({ kind: "written" });
  return event;
};

test("a person is erased, and a replay of everything brings nothing back; what others wrote and what comes later is written", async () => {
  const hers = [await write({ from: ada, thread: "a" }), await write({ from: ada, thread: "b", subject: "Another" })];
  const others = await write({ from: { name: "Bob", email: "bob@customers.example" }, thread: "c", cc: [ada] });
  const erasing = { tenant: sink.tenant, address: ada.email };
  expect(await sink.ledger.erasures.preview(erasing)).toMatchObject({ emails: 2, held: 0 });
  const erasure = await sink.ledger.erasures.ask({ id: randomUUID(), ...erasing, actor: "ana", why: null });
  while ((await sink.ledger.erasures.work()) !== null);

  // Every offset is set back, under a mapping by which everything would be written anew.
  sink.remap("mailboxes: { sales: { addresses: [sales@inlet.example], tags: { since: later } } }");
  const before = sandbox.store.all("contacts").length;
  for (const event of hers) {
    const again = await sink.deliver({ ...event, parsedAt: event.parsedAt + 1 });
    expect(["skip", "suppress"]).toContain(again.kind);
    expect(await sink.ledger.inspect.delivery(sink.tenant, event.eventId)).toMatchObject({
      state: "suppressed",
      reason: "erased",
      effects: [],
    });
  }
  expect(sandbox.store.all("contacts").length).toBe(before);
  expect(await sink.deliverInTurn({ ...others, parsedAt: others.parsedAt + 1 })).toMatchObject({ kind: "written" });

  // The report: contact and deals and activities, by their ids in the CRM.
  const kinds = new Set((await sink.ledger.erasures.records(erasure.id)).map(({ effect }) => effect));
  expect([...kinds].toSorted()).toEqual(expect.arrayContaining(["activity", "contact", "deal"]));
  // Nothing in the ledger names her any more, but for the row that works on it and the mail that another person sent.
  for (const table of [
    "deliveries",
    "effects",
    "journey",
    "outbox",
    "audit",
    "email_writers",
    "sent_messages",
    "messages",
    "notices",
  ]) {
    const rows = await database.query(`select * from ${table}`);
    expect(JSON.stringify(rows), table).not.toContain("ada@customers.example");
    expect(JSON.stringify(rows), table).not.toContain("Ada Erased");
  }
  const later = sink.email({
    from: ada,
    thread: "d",
    replyTo: [],
    contact: null,
    receivedAt: erasure.acceptedAt + 60_000,
  });
  expect(await sink.deliverInTurn(later)).toMatchObject({ kind: "written" });
});
