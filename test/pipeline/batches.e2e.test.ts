import { duplicatesIn } from "@inlet/crm-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";
import { receiveTraces } from "../running/trace-receiver.ts";

/** WR10 on the running system: emails that wait for the CRM are written together, each of them once, whatever kills the sink. */
let inlet: RunningInlet;
let gateway: Service;
let traces: Awaited<ReturnType<typeof receiveTraces>>;
const sent: string[] = [];
const BACKLOG = 300;

beforeAll(async () => {
  traces = await receiveTraces();
  // A CRM that allows less than the sink could use: so there is a backlog.
  inlet = await runInlet({
    crmTimeoutMs: 10_000,
    crmQuota: { perSecond: 8, burst: 10 },
    otlpEndpoint: traces.endpoint,
  });
  [gateway] = await Promise.all([inlet.start("ingest-gateway"), inlet.start("parser")]);
}, 300_000);
afterAll(async () => {
  await inlet?.close();
  await traces?.close();
});

it("a backlog of new contacts, companies and conversations costs 0.2 calls an email at most, and each trace leads to its batches", async () => {
  const eventIds = await backlog(BACKLOG);
  const sink = await inlet.start("crm-sink");
  await allWritten();
  await sink.stop();
  const calls = await callsForRecords();
  expect(Object.values(calls).reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(0.2 * BACKLOG);
  const batches = traces.spans.filter(({ name, parentId }) => name === "batch createActivity" && parentId === "");
  const inBatches = new Map(batches.flatMap(({ traceId, links }) => links.map((link) => [link, traceId])));
  let linked = 0;
  for (const eventId of eventIds) {
    const { traceId } = (await inlet.ledger.inspect.delivery("acme", eventId)) ?? {};
    const batch = inBatches.get(String(traceId));
    if (batch === undefined) continue;
    linked += 1;
    const own = traces.spans.filter((span) => span.traceId === traceId && span.name === "batch createActivity");
    expect(own.flatMap(({ links }) => links)).toContain(batch);
    const under = traces.spans.filter((span) => span.traceId === batch && span.kind === 3);
    expect(under.map(({ name }) => name)).toEqual(["hubspot POST /crm/v3/objects/emails/batch/create"]);
  }
  // Of an idle CRM the first email goes by itself.
  expect(linked).toBeGreaterThan(0.9 * BACKLOG);
}, 400_000);

it("killed before and after calls that emails make together, the sink writes each email once", async () => {
  for (const point of [
    "before-batch:upsertContact",
    "after-batch:createDeal",
    "before-batch:createActivity",
    "after-batch:createActivity",
  ]) {
    await backlog(8);
    const sink = await inlet.start("crm-sink", { INLET_TEST_KILL_AT: point });
    expect([point, (await sink.ended).signal]).toEqual([point, "SIGKILL"]);
  }
  const sinks = await Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]);
  await allWritten();
  await Promise.all(sinks.map(async (sink) => sink.stop()));
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({ code: 0 });
}, 400_000);

/** Sends emails, each of another sender of another company, and waits until they lie before the sink. */
async function backlog(n: number): Promise<string[]> {
  const from = sent.length;
  const eventIds = await Promise.all(
    Array.from({ length: n }, async (_, i) => {
      const id = `batch-${from + i}`;
      return inlet.post(
        gateway,
        id,
        `From: Sender <${id}@${id}.example>\r\nTo: sales@inlet.example\r\nSubject: Offer ${id}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@example.com>\r\n\r\nHello\r\n`,
      );
    }),
  );
  sent.push(...eventIds);
  const states = async (): Promise<(string | undefined)[]> => {
    const found = await inlet.ledger.inspect.states(eventIds.map((eventId) => ({ tenant: "acme", eventId })));
    return [...found.values()];
  };
  await eventually(
    "the backlog to be parsed",
    async () => ((await states()).filter((state) => state === "parsed").length === n ? true : null),
    120_000,
  );
  return eventIds;
}

async function allWritten(): Promise<void> {
  await eventually(
    "every email to be written",
    async () => ((await inlet.ledger.inspect.countByState())["written"] === sent.length ? true : null),
    240_000,
  );
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  for (const type of ["contacts", "deals", "emails"] as const)
    expect(inlet.sandbox.store.all(type)).toHaveLength(sent.length);
}

/** What was called for records; not what prepares the account. */
async function callsForRecords(): Promise<Record<string, number>> {
  const answer = await inlet.sandbox.app.inject("/sandbox/calls");
  const { calls } = answer.json<{ calls: Record<string, Record<string, number>> }>();
  return Object.fromEntries(
    Object.entries(calls)
      .filter(([operation]) => /\/(objects|associations)\//.test(operation))
      .map(([operation, byStatus]) => [operation, Object.values(byStatus).reduce((sum, n) => sum + n, 0)]),
  );
}
