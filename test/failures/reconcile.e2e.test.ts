import { topicIn } from "@inlet/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** L32, N1: reconcile beside a running Inlet, through everything that is no loss, and beside a lane that no one reads. */

let inlet: RunningInlet;
let gateway: Service;
let sent = 0;

beforeAll(async () => {
  inlet = await runInlet({ losesOnPurpose: "the last test leaves mail in a lane that no one reads" });
  gateway = await inlet.start("ingest-gateway");
}, 300_000);
afterAll(async () => inlet?.close());

async function send(): Promise<string> {
  sent += 1;
  return inlet.post(
    gateway,
    `reconcile-${sent}`,
    `From: r${sent}@example.com\r\nTo: sales@inlet.example\r\nSubject: ${sent}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <r${sent}@example.com>\r\n\r\nHello\r\n`,
  );
}

/** `inlet reconcile --deep` while mail comes in. */
async function expectHoldsUnderMail(): Promise<void> {
  let on = true;
  const flow = (async () => {
    while (on) await send();
  })();
  try {
    const { code, stdout } = await inlet.inlet("reconcile", "--deep");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/lost 0\n[^]*every email is accounted for/),
    });
  } finally {
    on = false;
    await flow;
  }
}

it("cries wolf neither while mail flows, nor with the sink or the parser stopped, nor in buffer mode", async () => {
  const parser = await inlet.start("parser");
  const sink = await inlet.start("crm-sink");
  await send();
  await eventually(
    "the first email to be written",
    async () => (((await inlet.ledger.inspect.countByState())["written"] ?? 0) > 0 ? true : null),
    60_000,
  );
  await expectHoldsUnderMail();
  expect((await inlet.inlet("buffer", "on", "acme")).code).toBe(0);
  await expectHoldsUnderMail();
  expect((await inlet.inlet("buffer", "off", "acme")).code).toBe(0);
  await sink.stop();
  await expectHoldsUnderMail();
  await parser.stop();
  await expectHoldsUnderMail();
}, 300_000);

it("a lane that no one reads: show says where its mail is, reconcile that no one reads it (N1)", async () => {
  await inlet.admin.applyTopics(["globex"]);
  const { readFile, writeFile } = await import("node:fs/promises");
  const globex = inlet.tenantFile.replace("acme.yaml", "globex.yaml");
  const text = (await readFile(inlet.tenantFile, "utf8")).replace("sales@inlet.example", "sales@globex.example");
  await writeFile(globex, `isolation: dedicated\n${text}`);
  const mime =
    "From: a@example.com\r\nTo: sales@globex.example\r\nSubject: Hi\r\nMessage-ID: <g1@example.com>\r\n\r\nHello\r\n";
  const eventId = await eventually(
    "the gateway to know the tenant",
    async () => {
      const answer = await inlet.send(gateway, "globex-1", mime, "globex");
      return answer.status === 202 ? ((await answer.json()) as { eventId: string }).eventId : null;
    },
    30_000,
  );
  const shown = await inlet.inlet("show", eventId);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(topicIn("rawEvents", "globex")) });
  expect(shown.stdout).toContain("LANES=globex");
  const found = await inlet.inlet("reconcile");
  expect(found).toMatchObject({ code: 1, stdout: expect.stringMatching(/LOST .*\(unread\).*LANES=globex/) });
}, 120_000);
