import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readRules } from "@inlet/config";
import { createMemoryTries } from "@inlet/console/testing/memory-tries.ts";
import { openSeededConsole, type SeededConsole } from "@inlet/console/testing/seeded-console.ts";
import { createPreviewer } from "@inlet/crm-sink/src/replay/preview-deliveries.ts";
import { buildRecord } from "@inlet/crm-sink/testing/emails.ts";
import { ledgerOn, withoutWriting } from "@inlet/ledger/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startReplayingSink, type ReplayingSink } from "../running/replaying-sink.ts";

/** What the console's try says: the answer of `inlet parse`, of `inlet rules try`, and of the sink over a ledger and a CRM that are only read. */
const FILE = `mailboxes: { sales: { addresses: [sales@inlet.example], tags: { queue: pumps } } }
rules: [{ id: quote, when: { keywords: [quotation] }, then: { createTask: { title: "Quote for {sender}", dueIn: 1d } } }]
crm: { kind: hubspot, baseUrl: BASE_URL, token: env:CRM_TOKEN, pipeline: default, stage: qualifiedtobuy }`;
const MIME = [
  "From: Mara Example <mara@customers.example>",
  "To: sales@inlet.example",
  "Subject: Pumps",
  "Message-ID: <pumps@customers.example>",
  "Date: Mon, 30 Nov 2026 10:00:00 +0000",
  "",
  "A quotation for ten pumps, please.",
].join("\r\n");

const INLET = fileURLToPath(new URL("../../packages/cli/bin/inlet.mjs", import.meta.url));

let sink: ReplayingSink;
let seeded: SeededConsole;
const dir = mkdtempSync(path.join(tmpdir(), "inlet-try-email-"));

beforeAll(async () => {
  sink = await startReplayingSink();
  sink.map("acme", FILE);
  const text = `name: acme\nsources: {}\n${FILE.replace("BASE_URL", "https://crm.example")}`;
  writeFileSync(path.join(dir, "acme.yaml"), text);
  writeFileSync(path.join(dir, "mail.eml"), MIME);
  const previewer = createPreviewer(sink.deps, {
    ...ledgerOn(withoutWriting(sink.database)),
    grants: sink.ledger.grants,
  });
  seeded = await openSeededConsole({
    tries: createMemoryTries({
      readTenant: () => readRules(text, "acme.yaml"),
      preview: async (event) => {
        const [preview] = await previewer.preview([await buildRecord(sink.deps.codec, event)]);
        if (preview === undefined) throw new Error("no preview");
        return { asked: true, ...preview };
      },
    }),
  });
}, 120_000);
afterAll(async () => {
  rmSync(dir, { recursive: true });
  await seeded?.close();
  await sink?.close();
});

it("is the same answer, and nothing is written: no row, no record, no call that changes the CRM", async () => {
  const token = await seeded.createToken({ role: "ingest", tenant: "acme" });
  const before = await countRows();
  sink.calls.length = 0;
  const { body } = await seeded.app.inject({
    method: "POST",
    url: "/api/v1/try",
    headers: { authorization: `Bearer ${token}` },
    payload: { tenant: "acme", email: MIME },
  });
  const { parsed, rules, delivery } = JSON.parse(body);
  expect(withoutTimes(parsed)).toEqual(withoutTimes(await inlet("parse", "mail.eml", "--json")));
  const told = await inlet("rules", "try", "mail.eml", "--tenant", "acme", "--dir", ".", "--json");
  expect(withoutTimes({ ...rules, tenant: "acme" })).toEqual(withoutTimes(told));

  expect(delivery).toMatchObject({
    result: "changed",
    evidence: { deal: { matchedBy: "created" }, rules: [{ rule: "quote" }] },
  });
  const changes = (delivery.changes as { record: string; result: string }[]).map(
    ({ record, result }) => `${record} ${result}`,
  );
  expect(changes).toEqual(["contact new", "deal new", "task new", "activity new"]);
  expect(sink.calls.filter((call) => !call.startsWith("GET") && !/\/(search|batch\/read)$/.test(call))).toEqual([]);
  expect(sink.calls.length).toBeGreaterThan(0);
  expect(await countRows()).toEqual(before);
  expect(sink.kafka.records("normalized-events")).toEqual([]);
});

async function inlet(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [INLET, ...args], { cwd: dir });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Both were asked at another moment, and of a file. */
function withoutTimes(answer: Record<string, unknown>): unknown {
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) =>
      ["receivedAt", "parsedAt", "dueAt", "file"].includes(name) ? undefined : value,
    ),
  );
}

/** Of what the sink's own pollers do not touch. */
async function countRows(): Promise<unknown> {
  const tables = ["deliveries", "effects", "journey", "waiting", "outbox", "audit", "conversations", "notices"];
  return Promise.all(tables.map(async (table) => sink.database.query(`select count(*)::int as n from ${table}`)));
}
