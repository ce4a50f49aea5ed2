import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { odooServer, type OdooServer } from "../conformance/crm/odoo-server.ts";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** kill -9 of the sink around every call that writes. The claims of a dead sink are settled when its lease is over. */
const POINTS = [
  ...["contact", "deal", "file", "activity"].flatMap((call) => [`before-call:${call}`, `after-call:${call}`]),
  "before-end",
];
/** Part of every address and subject, so that records of earlier runs do not count. */
const RUN = randomUUID().slice(0, 8);

let odoo: OdooServer;
let inlet: RunningInlet;
let gateway: Service;
const sent: string[] = [];

beforeAll(async () => {
  odoo = odooServer();
  inlet = await runInlet({
    crm: {
      yaml: `{ kind: odoo, baseUrl: "${odoo.url}", database: "${odoo.database}", token: env:TEST_ODOO_KEY, timeout: 5s }`,
      env: { TEST_ODOO_KEY: odoo.apiKey },
    },
  });
  gateway = await inlet.start("ingest-gateway");
  await inlet.start("parser");
}, 180_000);
afterAll(async () => inlet?.close());

it("emails end in Odoo once, though the sink is killed around every call", async () => {
  for (const point of POINTS) {
    const sink = await inlet.start("crm-sink", { INLET_TEST_KILL_AT: point });
    await send({ references: null });
    const killed = await Promise.race([
      sink.ended.then(({ signal }) => signal),
      eventually(`the sink at ${point}`, async () => null, 45_000),
    ]);
    expect([point, killed]).toEqual([point, "SIGKILL"]);
  }
  await Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]);
  await allWritten();
  for (let n = 1; n <= sent.length; n += 1) expect([n, await recordsOf(n)]).toEqual([n, ONCE]);
}, 300_000);

it("a reply is written to the opportunity of its conversation, with its file", async () => {
  await send({ references: 1 });
  await allWritten();
  const [first, reply] = await Promise.all([messageOf(1), messageOf(sent.length)]);
  expect(reply).toMatchObject({ model: "crm.lead", res_id: first?.["res_id"], message_type: "email" });
  expect(await recordsOf(sent.length)).toEqual({ ...ONCE, opportunities: 0 });
}, 60_000);

const ONCE = { contacts: 1, opportunities: 1, messages: 1, files: 1, filesElsewhere: 0 };

/** What Odoo has of an email, by content, whatever Inlet believes. */
async function recordsOf(n: number): Promise<Record<string, number>> {
  const count = async (model: string, ...domain: unknown[]): Promise<number> =>
    Number(await odoo.call(model, "search_count", { domain, context: { active_test: false } }));
  const message = await messageOf(n);
  const file = ["name", "=", `prices-${RUN}-${n}.csv`];
  return {
    contacts: await count("res.partner", ["email_normalized", "=", `sender-${n}@${RUN}.example`]),
    opportunities: await count("crm.lead", ["email_from", "ilike", `sender-${n}@${RUN}.example`]),
    messages: await count("mail.message", ["message_id", "=", `<${n}@${RUN}.example>`]),
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
      `From: Sender ${n} <sender-${n}@${RUN}.example>\r
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

async function allWritten(): Promise<void> {
  await eventually(
    "every email to be written",
    async () => {
      const states = await inlet.ledger.statesOf(sent.map((eventId) => ({ tenant: "acme", eventId })));
      return sent.every((eventId) => states.get(`acme/${eventId}`) === "written") ? true : null;
    },
    200_000,
  );
}
