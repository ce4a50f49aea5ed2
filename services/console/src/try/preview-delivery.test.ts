import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeOffline } from "@inlet/email";
import type { NormalizedEvent } from "@inlet/schemas";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPreview } from "./preview-delivery.ts";

const dir = mkdtempSync(path.join(tmpdir(), "inlet-preview-"));
afterAll(() => rmSync(dir, { recursive: true }));
const log = { warn: () => {} };
let event: NormalizedEvent;

beforeAll(async () => {
  const bytes = Buffer.from("From: a@b.example\r\nSubject: hi\r\n\r\nhello");
  event = (await describeOffline(bytes, { file: "a.eml", now: 1, tenantId: "acme", mailboxes: [] })) as NormalizedEvent;
});

/** A dry run that does what it is told. */
function program(name: string, text: string): string {
  const file = path.join(dir, `${name}.mjs`);
  writeFileSync(file, text);
  return file;
}

test("hands the email over as a record, and hears what would become of it", async () => {
  const preview = createPreview({
    log,
    env: {},
    program: program(
      "good",
      `import { text } from "node:stream/consumers";
       const { record } = JSON.parse(await text(process.stdin));
       const header = (name) => Buffer.from(record.headers.find(([each]) => each.includes(name))?.[1] ?? "", "base64").toString();
       const changes = [{ record: record.topic, field: header("tenant"), from: null, to: process.argv[2], result: "write" }];
       console.log(JSON.stringify({ email: { result: "changed", reason: null, detail: null, changes, evidence: {}, warnings: [], calls: 2 } }));
       console.log(JSON.stringify({ summary: {} }));`,
    ),
  });
  expect(await preview(event)).toMatchObject({
    asked: true,
    result: "changed",
    calls: 2,
    changes: [{ record: "normalized-events", field: "acme", to: "--parsed" }],
  });
});

test.each([
  ["that fails", `console.error("CRM_TOKEN is not set"); process.exit(1)`],
  ["that says nothing", ""],
  ["that never ends", "setInterval(() => {}, 1000)"],
])("of one %s: nothing was asked, it says so, and leaves nothing behind", async (name, text) => {
  const preview = createPreview({ log, env: {}, program: program(name.replaceAll(" ", "-"), text), timeoutMs: 1_000 });
  expect(await preview(event)).toEqual({ asked: false, why: expect.stringContaining("were not asked") });
  expect((await readdir(tmpdir())).filter((each) => each.startsWith("inlet-try-"))).toEqual([]);
});
