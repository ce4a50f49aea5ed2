import { readFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { startJsonApi } from "../conformance/crm/json-api.ts";
import { allWritten, killSinkAt, readAgain } from "../running/emails.ts";
import { runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** WR1, WR11: a whole Inlet towards an API that it has no adapter for, by the description in docs/guides/http-crm.md. */
const CALLS = ["contact", "deal", "task", "stage", "file", "activity"];
/** After each call the CRM has what the ledger does not know of; before one it has nothing, whatever the call (the kill matrix has them all). */
const POINTS = [
  "before-call:contact",
  ...CALLS.map((call) => `after-call:${call}`),
  "before-call:activity",
  "before-end",
  "after-end",
];
/** Every email makes a task and moves its deal. */
const RULES = `
rules:
  - id: every-email
    when: { class: [human] }
    then: { createTask: { title: "Answer {subject}", dueIn: 1d }, setStage: { stage: qualified } }
`;

let inlet: RunningInlet;
let gateway: Service;
let parser: Service;
let sinks: Service[];
let api: Awaited<ReturnType<typeof startJsonApi>>;
const sent: string[] = [];

beforeAll(async () => {
  api = await startJsonApi("unique-key");
  const guide = readFileSync(new URL("../../docs/guides/http-crm.md", import.meta.url), "utf8");
  const { crm } = parse(/```yaml\n([^]*?)```/.exec(guide)?.[1] ?? "") as { crm: object };
  inlet = await runInlet({
    crm: {
      yaml: JSON.stringify({ ...crm, companies: "create" }),
      env: { CRM_BASE_URL: api.origin, CRM_TOKEN: "token-of-demo" },
    },
    tenant: { yaml: RULES },
  });
  gateway = await inlet.start("ingest-gateway");
  parser = await inlet.start("parser");
}, 300_000);
afterAll(async () => {
  await inlet?.close();
  await api?.close();
});

it("emails end there once, though the sink is killed around its calls; a reply joins its deal", async () => {
  for (const point of POINTS) await killSinkAt(inlet, point, async () => send(null));
  sinks = await Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]);
  await allWritten(inlet, sent);
  await send(1);
  await allWritten(inlet, sent);
  expectOnce();
  const findActivity = (n: number): Record<string, unknown> | undefined =>
    api.all("activities").find(({ message_id: id }) => id === `http-${n}@example.com`);
  expect(findActivity(sent.length)).toMatchObject({ deal: findActivity(1)?.["deal"], type: "email" });
}, 500_000);

it("offsets reset to the beginning: everything is read again under another mapping, and nothing is written again", async () => {
  await Promise.all([...sinks, parser].map(async (service) => service.stop()));
  await appendFile(inlet.tenantFile, "classes: { newsletter: write }\n");
  await readAgain(inlet, async () => Promise.all([inlet.start("parser"), inlet.start("crm-sink")]));
  expectOnce();
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/lost 0\n[^]*every email is accounted for/),
  });
}, 240_000);

/** A contact for each sender; one of the emails was a reply. */
function expectOnce(): void {
  const count = (collection: string): number => api.all(collection).length;
  const emails = sent.length;
  expect({
    contacts: count("contacts"),
    deals: count("deals"),
    activities: count("activities"),
    files: count("files"),
    tasks: count("tasks"),
  }).toEqual({ contacts: emails, deals: emails - 1, activities: emails, files: emails, tasks: emails });
  expect(new Set(api.all("deals").map(({ stage }) => stage))).toEqual(new Set(["qualified"]));
}

/** An email of a new sender with a file; of a new conversation, or a reply to an earlier one. */
async function send(replyTo: number | null): Promise<void> {
  const n = sent.length + 1;
  const references = replyTo === null ? "" : `In-Reply-To: <http-${replyTo}@example.com>\r\n`;
  const mail = `From: Sender ${n} <http-${n}@client-${Math.ceil(n / 2)}.example>\r
To: sales@inlet.example\r
Subject: Through http ${n}\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
Message-ID: <http-${n}@example.com>\r
${references}MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
Email ${n}, "quoted" and {{key}}\r
--b\r
Content-Type: text/csv; name=prices-${n}.csv\r
Content-Disposition: attachment; filename=prices-${n}.csv\r
\r
item,price,${n}\r
--b--\r
`;
  sent.push(await inlet.post(gateway, `http-${n}`, mail));
}
