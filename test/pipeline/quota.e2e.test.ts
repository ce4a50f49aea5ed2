import { duplicatesIn } from "@inlet/crm-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/**
 * WR10 on the running system: three sinks and a CRM that counts as HubSpot does. The quota is kept where tokens are drawn (quota.integration.test.ts
 * counts to the last one); the CRM counts where calls arrive, and on a busy machine some seconds' calls arrive together: hence the room.
 */
let inlet: RunningInlet;
let gateway: Service;
const MAILS = 45;

beforeAll(async () => {
  inlet = await runInlet({ crmQuota: { perSecond: 11, burst: 10 }, crmPerTenSeconds: 190, crmTimeoutMs: 10_000 });
  [gateway] = await Promise.all([
    inlet.start("ingest-gateway"),
    inlet.start("parser"),
    inlet.start("crm-sink"),
    inlet.start("crm-sink"),
    inlet.start("crm-sink"),
  ]);
}, 300_000);
afterAll(async () => inlet?.close());

it("WR10: a flood is written at the CRM's pace: no 429, no attempt used, no circuit opened, nothing doubled", async () => {
  const eventIds = await Promise.all(Array.from({ length: MAILS }, async (_, i) => send(i)));
  await eventually(
    "every email to be written",
    async () => ((await inlet.ledger.inspect.countByState())["written"] === MAILS ? true : null),
    150_000,
  );
  let waited = 0;
  for (const eventId of eventIds) {
    expect(await inlet.ledger.inspect.delivery("acme", eventId)).toMatchObject({ attempt: 0, warnings: [] });
    const steps = await inlet.ledger.inspect.journey("acme", eventId);
    const codes = steps.filter(({ what }) => what === "parked").map(({ detail }) => detail["code"]);
    expect(codes.filter((code) => code !== "quota")).toEqual([]);
    if (codes.length > 0) waited += 1;
  }
  expect(waited).toBeGreaterThan(0);
  const calls = await inlet.sandbox.app.inject("/sandbox/calls");
  const statuses = Object.values(calls.json<{ calls: Record<string, Record<string, number>> }>().calls);
  expect(statuses.flatMap((byStatus) => Object.keys(byStatus)).filter((status) => status === "429")).toEqual([]);
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  expect(inlet.sandbox.store.all("emails")).toHaveLength(MAILS);
}, 240_000);

async function send(i: number): Promise<string> {
  return inlet.post(
    gateway,
    `quota-${i}`,
    `From: sender-${i}@example.com\r\nTo: sales@inlet.example\r\nSubject: Quota ${i}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <quota-${i}@example.com>\r\n\r\nHello\r\n`,
  );
}
