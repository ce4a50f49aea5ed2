import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { startJsonApi } from "../conformance/crm/json-api.ts";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** WR1, WR11: a whole Inlet towards an API that it has no adapter for, by the description in docs/guides/http-crm.md. */
const POINTS = [
  "after-call:company",
  "after-call:contact",
  "after-call:deal",
  "after-call:file",
  "before-call:activity",
  "after-call:activity",
];

let inlet: RunningInlet;
let gateway: Service;
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
  });
  gateway = await inlet.start("ingest-gateway");
  await inlet.start("parser");
}, 180_000);
afterAll(async () => {
  await inlet?.close();
  await api?.close();
});

it("emails end there once, though the sink is killed around its calls; a reply joins its deal", async () => {
  for (const point of POINTS) {
    const sink = await inlet.start("crm-sink", { INLET_TEST_KILL_AT: point });
    await send(null);
    const killed = await Promise.race([
      sink.ended.then(({ signal }) => signal),
      eventually(`the sink at ${point}`, async () => null, 45_000),
    ]);
    expect([point, killed]).toEqual([point, "SIGKILL"]);
  }
  await Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]);
  await allWritten();
  await send(1);
  await allWritten();
  const count = (collection: string): number => api.all(collection).length;
  // Two senders a company.
  const companies = api.all("companies").map(({ domain }) => String(domain));
  expect(companies.toSorted()).toEqual([1, 2, 3, 4].map((n) => `client-${n}.example`));
  const ids = api.all("companies").map(({ id }) => id);
  for (const record of [...api.all("contacts"), ...api.all("activities")]) expect(ids).toContain(record["company"]);
  expect({
    contacts: count("contacts"),
    deals: count("deals"),
    activities: count("activities"),
    files: count("files"),
  }).toEqual({ contacts: POINTS.length + 1, deals: POINTS.length, activities: sent.length, files: sent.length });
  const activityOf = (n: number): Record<string, unknown> | undefined =>
    api.all("activities").find(({ message_id: id }) => id === `http-${n}@example.com`);
  expect(activityOf(sent.length)).toMatchObject({ deal: activityOf(1)?.["deal"], type: "email" });
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/lost 0\n[^]*the law holds/),
  });
}, 300_000);

async function allWritten(): Promise<void> {
  await eventually(
    "every email to be written",
    async () => {
      const states = await inlet.ledger.statesOf(sent.map((eventId) => ({ tenant: "acme", eventId })));
      return sent.every((eventId) => states.get(`acme/${eventId}`) === "written") ? true : null;
    },
    180_000,
  );
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
