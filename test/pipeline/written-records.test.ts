import { createSandbox, type Sandbox } from "@inlet/crm-sandbox";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sinkSteps, type SinkSteps } from "../running/sink-steps.ts";

/** What stands in the CRM and in the ledger after an email, and after a replay of it: the sink's steps on a ledger in memory. */
let sandbox: Sandbox;
let sink: SinkSteps;
const sent: string[] = [];

const RULES = `
notices:
  chat: { url: "https://chat.example/inlet", secret: env:NOTICE_SECRET }
rules:
  - id: all
    when: { keywords: [offer] }
    then:
      createTask: { title: "Quote for {subject}", dueIn: 1d, priority: high }
      setStage: { stage: qualifiedtobuy }
      notify: chat
`;

beforeAll(async () => {
  sandbox = createSandbox({ seed: false, searchLagMs: 0 });
  sandbox.app.addHook(
    "preHandler",
    async (request) => void sent.push(`${request.url} ${JSON.stringify(request.body)}`),
  );
  const home = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  sink = await sinkSteps(`crm: { kind: hubspot, baseUrl: ${home}, token: env:CRM_TOKEN }`, {
    ledger: ledgerOn(await openMemoryDatabase()),
    more: RULES,
    env: { NOTICE_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}` },
  });
}, 120_000);
afterAll(async () => {
  await sink?.close();
  await sandbox?.app.close();
});

it("N3: nothing that goes to a CRM or to the tenant's own systems has a link that nobody serves", async () => {
  const long = "An offer, please.\n".repeat(10_000);
  for (const changed of [
    {},
    { text: null, html: null, replyText: null },
    { text: long, replyText: long, html: `<p>${long}</p>` },
  ]) {
    const tried = await sink.deliver(sink.email({ subject: "An offer", ...changed }));
    expect(tried).toMatchObject({ kind: "written", warnings: [], notices: [{ notice: "chat" }] });
    sent.push(JSON.stringify(tried.notices));
  }
  expect(sandbox.store.all("emails").map(({ properties }) => properties["hs_email_text"]?.slice(0, 9))).toEqual([
    "Thank you",
    "(no text)",
    "An offer,",
  ]);
  expect(sandbox.store.all("tasks")).toHaveLength(3);
  expect(sent.join("\n")).not.toMatch(/\/e\/|Full email|view_?url/i);
});
