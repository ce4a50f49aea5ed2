import { readFile, writeFile } from "node:fs/promises";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { replayGroup, type Job } from "@inlet/ledger";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** docs/guides/replay.md with every part real: a wrong stage, repaired, looked at, replayed beside live mail over two kills, and cancelled. */
const EMAILS = 12;
let inlet: RunningInlet;
let gateway: Service;

beforeAll(async () => {
  inlet = await runInlet({ tenant: { yaml: "" } });
  await nameStage("appointmentscheduled");
  [gateway] = await Promise.all([
    inlet.start("ingest-gateway"),
    inlet.start("parser"),
    // Ends when it has handled the first records of a replay.
    inlet.start("crm-sink", { INLET_TEST_KILL_AT: "replay-slice" }),
  ]);
}, 300_000);
afterAll(async () => inlet?.close());

it("OP2: a repaired mapping is looked at, replayed beside live mail whatever dies, and a second replay is cancelled", async () => {
  const sent: string[] = [];
  for (let i = 0; i < EMAILS; i += 1) sent.push(await send(i));
  await written(sent);
  expect(stages()).toEqual(Array.from({ length: EMAILS }, () => "appointmentscheduled"));

  await nameStage("presentationscheduled");
  const dry = await replay("--since", "earliest", "--tenant", "acme", "--dry-run");
  expect(dry).toMatchObject({ emails: EMAILS, results: { changed: EMAILS }, tenants: { acme: { emails: EMAILS } } });
  // Parsed anew they come out as they were, under a mapping that is another: the sink would do the same.
  const parsed = await replay("--service", "parser", "--since", "earliest", "--dry-run");
  expect(parsed).toMatchObject({ emails: EMAILS, results: { changed: EMAILS } });
  expect(stages()).toEqual(Array.from({ length: EMAILS }, () => "appointmentscheduled"));

  const [job] = (await replay(
    "--since",
    "1h",
    "--tenant",
    "acme",
    "--why",
    "the stage was wrong",
    "--detach",
  )) as Job[];
  const id = job?.id ?? "";
  // The sink that took it is dead: another goes on, dies before its end, and a third one ends it.
  const second = await inlet.start("crm-sink", { INLET_TEST_KILL_AT: "before-replay-end" });
  const live = await send(EMAILS);
  await written([live]);
  await second.ended;
  const third = await inlet.start("crm-sink");
  expect(await show(id, "--follow")).toMatchObject({ state: "done", done: job?.total, why: "the stage was wrong" });
  expect(new Set(stages())).toEqual(new Set(["presentationscheduled"]));
  expect(await inlet.admin.memberCount(replayGroup("crm-sink", id))).toBe(0);
  expect(await inlet.admin.committedOffsets(replayGroup("crm-sink", id), "normalized-events")).toEqual(new Map());

  // The live group, while its member runs: everything is read again, and nothing written again.
  const [moved] = (await replay("--since", "earliest", "--live")) as Job[];
  expect(moved).toMatchObject({ state: "done", done: moved?.total });
  expect(inlet.sandbox.store.all("emails")).toHaveLength(EMAILS + 1);

  await inlet.inlet("buffer", "on", "acme");
  await nameStage("contractsent");
  // Until then all of it is unchanged, and the replay done at once.
  await eventually("the sink to take the file", async () => ((await hasReloaded()) ? true : null), 60_000);
  const [next] = (await replay("--since", "earliest", "--detach")) as Job[];
  await eventually(
    "a sink to take it",
    async () => ((await show(next?.id ?? "")).holder === null ? null : true),
    30_000,
  );
  expect(await inlet.inlet("jobs", "cancel", next?.id ?? "")).toMatchObject({ code: 0 });
  expect(await show(next?.id ?? "", "--follow")).toMatchObject({ state: "cancelled" });
  expect(new Set(stages())).toEqual(new Set(["presentationscheduled"]));
  await inlet.inlet("buffer", "off", "acme");
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  expect(inlet.sandbox.store.all("emails")).toHaveLength(EMAILS + 1);
  await third.stop();
}, 240_000);

async function nameStage(stage: string): Promise<void> {
  const file = await readFile(inlet.tenantFile, "utf8");
  const place = `newDeal: create, pipeline: default, stage: ${stage}`;
  await writeFile(inlet.tenantFile, file.replace(/newDeal: create(?:, pipeline: default, stage: \w+)?/, place));
}

/** Since it started. */
async function hasReloaded(): Promise<boolean> {
  const logs = await inlet.logs("crm-sink");
  return logs.slice(logs.lastIndexOf("crm-sink started")).includes("tenants reloaded");
}

function stages(): (string | undefined)[] {
  return inlet.sandbox.store.all("deals").map(({ properties }) => properties["dealstage"] ?? undefined);
}

async function replay(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await inlet.inlet("replay", ...args, "--json");
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function show(id: string, ...args: string[]): Promise<Job> {
  const { code, stdout, stderr } = await inlet.inlet("jobs", "show", id, ...args, "--json");
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Job;
}

async function written(sent: readonly string[]): Promise<void> {
  for (const eventId of sent)
    await eventually(
      `${eventId} to be written`,
      async () => ((await inlet.ledger.inspect.delivery("acme", eventId))?.state === "written" ? true : null),
      60_000,
    );
}

async function send(i: number): Promise<string> {
  const mime = `From: customer-${i}@example.com\r\nTo: sales@inlet.example\r\nSubject: Pump ${i}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <replay-${i}@example.com>\r\n\r\nHello\r\n`;
  return inlet.post(gateway, `replay-${i}`, mime);
}
