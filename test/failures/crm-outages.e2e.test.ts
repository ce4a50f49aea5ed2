import { setTimeout as sleep } from "node:timers/promises";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { openDatabase } from "@inlet/ledger/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** docs/concepts/protocol.md, sections 4 and 5 on the running system: an outage costs no attempts and parks the mail, an unknown write is settled, never repeated blindly. */
let inlet: RunningInlet;
let gateway: Service;
let sinks: Service[];
let mails = 0;

beforeAll(async () => {
  inlet = await runInlet({ crmTimeoutMs: 2_000 });
  [gateway, sinks] = await Promise.all([
    inlet.start("ingest-gateway"),
    Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]),
    inlet.start("parser"),
  ]);
}, 300_000);
afterAll(async () => inlet?.close());

it("a CRM that answers 503 opens the circuit, the mail parks without using attempts, and all is written when it is back", async () => {
  const fault = inlet.sandbox.faults.add({ match: {}, status: 503 });
  const sent = await send(12);
  await eventually(
    "the circuit to open",
    async () => ((await inlet.ledger.circuits.read("acme", "hubspot")).open ? true : null),
    30_000,
  );
  await eventually(
    "all of it to wait",
    async () => ((await inlet.ledger.inspect.countByState())["waiting"] === 12 ? true : null),
    30_000,
  );
  expect(await inlet.inlet("reconcile")).toMatchObject({ code: 0, stdout: expect.stringContaining("in flight 12") });
  inlet.sandbox.faults.remove(fault.id);
  await expectWritten(sent);
  expect((await inlet.ledger.circuits.read("acme", "hubspot")).open).toBe(false);
}, 300_000);

it("429 with Retry-After is waited for, and costs no attempt", async () => {
  inlet.sandbox.faults.add({ match: { path: "/crm/*/objects/emails" }, status: 429, retryAfter: 2, times: 2 });
  await expectWritten(await send(3));
}, 120_000);

it("writes that land after the client's timeout, and answers that are lost, end as one record each", async () => {
  inlet.sandbox.faults.add({ match: { method: "POST", path: "/crm/*/objects/emails" }, lateWriteMs: 3_500, times: 1 });
  const late = await send(1);
  await sleep(1_000);
  inlet.sandbox.faults.add({ match: { method: "POST", path: "/crm/*/objects/emails" }, drop: "after", times: 1 });
  const lost = await send(1);
  await expectWritten([...late, ...lost]);
}, 240_000);

it("what a slow CRM takes long for is kept in the ledger, so that the partition goes on; sinks killed meanwhile leave one record each", async () => {
  const fault = inlet.sandbox.faults.add({ match: {}, delayMs: 1_200 });
  const sent = await send(8);
  await eventually(
    "the ledger to keep an email that is being tried",
    async () => {
      const deliveries = await Promise.all(sent.map(async (eventId) => inlet.ledger.inspect.delivery("acme", eventId)));
      return deliveries.some((delivery) => delivery?.state === "waiting" && delivery.detail === "crm_slow")
        ? true
        : null;
    },
    30_000,
  );
  await Promise.all(sinks.map(async (sink) => sink.kill()));
  inlet.sandbox.faults.remove(fault.id);
  await inlet.start("crm-sink");
  await expectWritten(sent);
}, 240_000);

it("OP10: a CRM that is away for an hour costs no attempt: probes go on, and all is written when it is back", async () => {
  const database = openDatabase({ connectionString: inlet.stack.env.DATABASE_URL });
  try {
    const fault = inlet.sandbox.faults.add({ match: {}, drop: "before" });
    const sent = await send(6);
    const probes = async (): Promise<number> =>
      Number((await database.query<{ probes: number }>("select probes from circuits"))[0]?.probes ?? 0);
    await eventually("the circuit to open", async () => ((await probes()) > 0 ? true : null), 30_000);
    // The hour passes by the ledger's clock: what it keeps of times is moved back, five minutes at a time.
    for (let minutes = 0; minutes < 60; minutes += 5) {
      const before = await probes();
      await database.query("update circuits set probe_at = probe_at - interval '5 minutes'");
      const moved = "due_at = due_at - interval '5 minutes', since = since - interval '5 minutes'";
      await database.query(`update waiting set ${moved}`);
      await eventually("a probe to fail", async () => ((await probes()) > before ? true : null), 45_000);
    }
    const states = await inlet.ledger.inspect.states(sent.map((eventId) => ({ tenant: "acme", eventId })));
    expect([...states.values()]).toEqual(sent.map(() => "waiting"));
    expect(await inlet.inlet("reconcile")).toMatchObject({ code: 0, stdout: expect.stringContaining("in flight 6") });
    inlet.sandbox.faults.remove(fault.id);
    await expectWritten(sent);
  } finally {
    await database.close();
  }
}, 240_000);

it("L13: a parser and a sink that freeze in the middle of it hold up no one, and double nothing when they go on", async () => {
  const frozen = await Promise.all([inlet.start("parser"), inlet.start("crm-sink")]);
  const fault = inlet.sandbox.faults.add({ match: {}, delayMs: 300 });
  const sent = await send(8);
  await eventually(
    "an email to be under way",
    async () => (((await inlet.ledger.inspect.countByState())["delivering"] ?? 0) > 0 ? true : null),
    30_000,
  );
  for (const service of frozen) service.freeze();
  sent.push(...(await send(8)));
  inlet.sandbox.faults.remove(fault.id);
  await expectWritten(sent);
  for (const service of frozen) service.thaw();
  await expectWritten([...sent, ...(await send(8))]);
}, 400_000);

async function expectWritten(eventIds: readonly string[]): Promise<void> {
  await eventually(
    "every email to be written",
    async () => {
      const states = await inlet.ledger.inspect.states(eventIds.map((eventId) => ({ tenant: "acme", eventId })));
      return [...states.values()].every((state) => state === "written") && states.size === eventIds.length
        ? true
        : null;
    },
    150_000,
  );
  for (const eventId of eventIds)
    expect(await inlet.ledger.inspect.delivery("acme", eventId)).toMatchObject({ attempt: 0, warnings: [] });
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  expect(inlet.sandbox.store.all("emails")).toHaveLength(mails);
  expect(inlet.sandbox.store.all("deals")).toHaveLength(mails);
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("every email is accounted for"),
  });
}

async function send(count: number): Promise<string[]> {
  const eventIds: string[] = [];
  for (let i = 0; i < count; i += 1) {
    mails += 1;
    const id = `outage-${mails}`;
    eventIds.push(
      await inlet.post(
        gateway,
        id,
        `From: sender-${mails}@example.com\r\nTo: sales@inlet.example\r\nSubject: ${id}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@example.com>\r\n\r\nHello\r\n`,
      ),
    );
  }
  return eventIds;
}
