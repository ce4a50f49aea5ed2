import { appendFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { groupIn, topicIn } from "@inlet/schemas";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backlog } from "../running/backlog.ts";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** WR7: what rules do through a whole Inlet, and that a replay does none of it again. */
const SECRET = `whsec_${Buffer.from("a secret of the rules' own receiver").toString("base64")}`;

let inlet: RunningInlet;
let gateway: Service;
let sink: Service;
let receiver: Server;
const received: { headers: IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
  // It fails the first time, as a receiver that is just being deployed does.
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(received.length === 1 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  inlet = await runInlet({
    tenant: {
      env: { RULES_SECRET: SECRET },
      yaml: `
intents:
  pricing: { keywords: [pricing, price list] }
notices:
  sales-chat: { url: "http://127.0.0.1:${port}/inlet", secret: env:RULES_SECRET }
rules:
  - id: pricing-asked
    when: { intent: [pricing] }
    then:
      createTask: { title: "Quote for {subject}", dueIn: 1d, priority: high }
      setStage: { stage: qualifiedtobuy }
      tag: { kind: topic, value: pricing }
      notify: sales-chat
  - id: nowhere
    when: { keywords: [nowhere] }
    then: { setStage: { stage: no-such-stage } }
`,
    },
  });
  [gateway, sink] = await Promise.all([inlet.start("ingest-gateway"), inlet.start("crm-sink"), inlet.start("parser")]);
}, 300_000);
afterAll(async () => {
  await inlet?.close();
  receiver?.close();
});

it("a question for the price makes one task, moves and tags the deal, and tells the tenant's own system", async () => {
  const eventId = await send(1, "Your price list", "Could you send me your PRICE LIST?");
  const [task] = inlet.sandbox.store.all("tasks");
  const [deal] = inlet.sandbox.store.all("deals");
  expect(inlet.sandbox.store.all("tasks")).toHaveLength(1);
  expect(task?.properties).toMatchObject({
    hs_task_subject: "Quote for Your price list",
    hs_task_priority: "HIGH",
    hs_task_body: expect.stringContaining("Email: Your price list"),
  });
  expect(deal?.properties).toMatchObject({
    dealstage: "qualifiedtobuy",
    inlet_tags: expect.stringMatching(/email-sourced.*topic:pricing/),
  });
  expect(task && inlet.sandbox.store.associated(task, "deals").map(({ toId }) => toId)).toEqual([deal?.id]);

  await eventually("the notice's second attempt", async () => (received.length >= 2 ? true : null), 30_000);
  for (const { headers, body } of received) new Webhook(SECRET).verify(body, headers as Record<string, string>);
  expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({
    type: "inlet.rule.met",
    data: { rule: "pricing-asked", eventId, subject: "Your price list", dealId: deal?.id },
  });
  const journey = await inlet.ledger.inspect.journey("acme", eventId);
  expect(journey.map(({ what }) => what)).toContain("notice_sent");
  expect((await inlet.ledger.inspect.delivery("acme", eventId))?.evidence).toMatchObject({
    rules: [
      { rule: "pricing-asked", because: expect.arrayContaining([{ condition: "intent", words: ["price list"] }]) },
    ],
  });
}, 120_000);

it("what a rule cannot do is a warning, and the email is written", async () => {
  const eventId = await send(2, "Hello", "The way to nowhere");
  expect((await inlet.ledger.inspect.delivery("acme", eventId))?.warnings).toEqual([
    expect.stringMatching(/^rule_failed: rule nowhere, deal/),
  ]);
}, 60_000);

it("a replay makes no second task, notifies no one again, and leaves a deal where people moved it", async () => {
  const [deal] = inlet.sandbox.store.all("deals");
  if (deal === undefined) throw new Error("no deal");
  inlet.sandbox.store.update(deal, { dealstage: "closedwon" }, Date.now(), 0);
  const before = inlet.sandbox.store.all("emails").length;
  await sink.stop();
  // Another mapping makes the sink look at every email again, instead of skipping what it has written.
  await appendFile(inlet.tenantFile, "classes: { newsletter: write }\n");
  const topic = topicIn("normalizedEvents", "shared");
  const partitions = await inlet.admin.topicOffsets(topic);
  const low = new Map(partitions.map((partition) => [partition.partition, partition.low]));
  await inlet.admin.setOffsets(groupIn("crm-sink", "shared"), topic, low);
  sink = await inlet.start("crm-sink");
  await eventually("everything to be read again", async () => ((await backlog(inlet)) === 0 ? true : null), 60_000);
  await send(3, "After the replay", "Nothing special");
  expect(inlet.sandbox.store.all("emails")).toHaveLength(before + 1);
  expect(inlet.sandbox.store.all("tasks")).toHaveLength(1);
  expect(inlet.sandbox.store.find("deals", deal.id)?.properties["dealstage"]).toBe("closedwon");
  expect(received).toHaveLength(2);
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  expect(await inlet.inlet("reconcile")).toMatchObject({ code: 0 });
}, 120_000);

async function send(n: number, subject: string, text: string): Promise<string> {
  const mail = `From: Customer ${n} <customer-${n}@example.com>\r\nTo: sales@inlet.example\r\nSubject: ${subject}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <rules-${n}@example.com>\r\n\r\n${text}\r\n`;
  const eventId = await inlet.post(gateway, `rules-${n}`, mail);
  await eventually(
    `email ${n} to be written`,
    async () => ((await inlet.ledger.inspect.delivery("acme", eventId))?.state === "written" ? true : null),
    60_000,
  );
  return eventId;
}
