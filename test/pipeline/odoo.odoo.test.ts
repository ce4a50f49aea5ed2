import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { odooServer, type OdooServer } from "../conformance/crm/odoo-server.ts";
import { allWritten, killSinkAt, readAgain } from "../running/emails.ts";
import { runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** kill -9 of the sink around every call that writes. The claims of a dead sink are settled when its lease is over. */
const POINTS = [
  ...["company", "contact", "deal", "task", "stage", "file", "activity"].flatMap((call) => [
    `before-call:${call}`,
    `after-call:${call}`,
  ]),
  "before-end",
  "after-end",
];
/** Every email makes a task and moves its opportunity. */
const RULES = `
rules:
  - id: every-email
    when: { class: [human] }
    then: { createTask: { title: "Answer {subject}", dueIn: 1d }, setStage: { stage: Qualified } }
`;
/** Part of every address and subject, so that records of earlier runs do not count. */
const RUN = randomUUID().slice(0, 8);

let odoo: OdooServer;
let inlet: RunningInlet;
let gateway: Service;
let parser: Service;
let sinks: Service[];
const sent: string[] = [];

beforeAll(async () => {
  odoo = odooServer();
  inlet = await runInlet({
    crm: {
      yaml: `{ kind: odoo, baseUrl: "${odoo.url}", database: "${odoo.database}", token: env:TEST_ODOO_KEY, timeout: 5s, companies: create }`,
      env: { TEST_ODOO_KEY: odoo.apiKey },
    },
    tenant: { yaml: RULES },
  });
  gateway = await inlet.start("ingest-gateway");
  parser = await inlet.start("parser");
}, 180_000);
afterAll(async () => inlet?.close());

it("emails end in Odoo once, though the sink is killed around every call", async () => {
  for (const point of POINTS) await killSinkAt(inlet, point, async () => send({ references: null }));
  sinks = await Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]);
  await allWritten(inlet, sent);
  for (let n = 1; n <= sent.length; n += 1) expect([n, await recordsOf(n)]).toEqual([n, ONCE]);
}, 600_000);

it("a reply is written to the opportunity of its conversation, with its file", async () => {
  await send({ references: 1 });
  await allWritten(inlet, sent);
  const [first, reply] = await Promise.all([messageOf(1), messageOf(sent.length)]);
  expect(reply).toMatchObject({ model: "crm.lead", res_id: first?.["res_id"], message_type: "email" });
  expect(await recordsOf(sent.length)).toEqual({ ...ONCE, opportunities: 0, inStage: 0 });
}, 60_000);

it("offsets reset to the beginning: everything is read again under another mapping, and nothing is written again", async () => {
  await Promise.all([...sinks, parser].map(async (service) => service.stop()));
  await appendFile(inlet.tenantFile, "classes: { newsletter: write }\n");
  await readAgain(inlet, async () => Promise.all([inlet.start("parser"), inlet.start("crm-sink")]));
  for (let n = 1; n < sent.length; n += 1) expect([n, await recordsOf(n)]).toEqual([n, ONCE]);
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/lost 0\n[^]*the law holds/),
  });
}, 240_000);

const ONCE = {
  companies: 1,
  contacts: 1,
  opportunities: 1,
  inStage: 1,
  messages: 1,
  tasks: 1,
  files: 1,
  filesElsewhere: 0,
};

/** What Odoo has of an email, by content, whatever Inlet believes. */
async function recordsOf(n: number): Promise<Record<string, number>> {
  const count = async (model: string, ...domain: unknown[]): Promise<number> =>
    Number(await odoo.call(model, "search_count", { domain, context: { active_test: false } }));
  const message = await messageOf(n);
  const file = ["name", "=", `prices-${RUN}-${n}.csv`];
  const lead = ["email_from", "ilike", `sender-${n}@${RUN}-${n}.example`];
  return {
    companies: await count("res.partner", ["is_company", "=", true], ["website", "ilike", `${RUN}-${n}.example`]),
    contacts: await count("res.partner", ["email_normalized", "=", `sender-${n}@${RUN}-${n}.example`]),
    opportunities: await count("crm.lead", lead),
    inStage: await count("crm.lead", lead, ["stage_id.name", "=", "Qualified"]),
    messages: await count("mail.message", ["message_id", "=", `<${n}@${RUN}.example>`]),
    tasks: await count("mail.activity", ["summary", "=", `Answer ${RUN} ${n}`]),
    files: await count("ir.attachment", file),
    filesElsewhere:
      (await count("ir.attachment", file)) -
      (await count("ir.attachment", file, ["res_model", "=", "crm.lead"], ["res_id", "=", message?.["res_id"] ?? 0])),
  };
}

async function messageOf(n: number): Promise<Record<string, unknown> | undefined> {
  const domain = [["message_id", "=", `<${n}@${RUN}.example>`]];
  const rows = await odoo.call("mail.message", "search_read", { domain, fields: ["model", "res_id", "message_type"] });
  return (rows as Record<string, unknown>[])[0];
}

/** An email of a new sender with a file; of a new conversation, or a reply to an earlier one. */
async function send({ references }: { readonly references: number | null }): Promise<void> {
  const n = sent.length + 1;
  const thread = references === null ? "" : `References: <${references}@${RUN}.example>\r\n`;
  sent.push(
    await inlet.post(
      gateway,
      `${RUN}-${n}`,
      `From: Sender ${n} <sender-${n}@${RUN}-${n}.example>\r
To: sales@inlet.example\r
Subject: ${RUN} ${n}\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
Message-ID: <${n}@${RUN}.example>\r
${thread}MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
What does it cost?\r
--b\r
Content-Type: text/csv; name=prices-${RUN}-${n}.csv\r
Content-Disposition: attachment; filename=prices-${RUN}-${n}.csv\r
\r
item,price,${n}\r
--b--\r
`,
    ),
  );
}
