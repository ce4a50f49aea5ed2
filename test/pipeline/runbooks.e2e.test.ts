import { readFile, writeFile } from "node:fs/promises";
import { duplicatesIn } from "@inlet/crm-sandbox";
import type { Job } from "@inlet/ledger";
import { openDatabase } from "@inlet/ledger/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { killSinkAt } from "../running/emails.ts";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";
import { runRunbook } from "../running/runbook.ts";

/** The commands of the runbooks, as they stand in docs/runbooks, on one Inlet that goes through all of it. */
let inlet: RunningInlet;
let gateway: Service;
/** Of the shared lane, and of the lane `acme` from the move on. */
let readers: Service[];
const sent: string[] = [];

beforeAll(async () => {
  inlet = await runInlet({ tenant: { yaml: "classes: { auto_reply: suppress }\n" } });
  const [first, ...others] = await Promise.all([
    inlet.start("ingest-gateway"),
    inlet.start("parser"),
    inlet.start("crm-sink"),
  ]);
  gateway = first;
  readers = others;
}, 300_000);
afterAll(async () => inlet?.close());

it("replay a day: what the repaired mapping lets through is written, and the rest left as it is", async () => {
  const since = new Date(Date.now() - 60_000).toISOString();
  await post("one");
  await post({ subject: "two", header: "Auto-Submitted: auto-replied\r\n" });
  const stateIs = async (state: string) =>
    eventually(`an email to be ${state}`, async () => ((await states()).get(state) === 1 ? true : null), 90_000);
  await stateIs("written");
  await stateIs("suppressed");
  const file = await readFile(inlet.tenantFile, "utf8");
  await writeFile(inlet.tenantFile, file.replace("auto_reply: suppress", "auto_reply: write"));
  const replace = {
    "2026-11-30T00:00:00Z": since,
    "2026-12-01T00:00:00Z": new Date(Date.now() + 60_000).toISOString(),
  };
  // Given twice it does no harm: the first may come before the sink has the file.
  await eventually(
    "the replay under the repaired mapping",
    async () => {
      await runRunbook(inlet, "replay-a-day", { replace });
      return (await states()).get("written") === 2 ? true : null;
    },
    90_000,
  );
  await allWritten();
  expectOnceInTheCrm(2);
}, 300_000);

it("empty a dlq: one, then all by a filter, are sent again; what is given up is accounted for", async () => {
  const dead = await postDeadLetters("three", "four", "five");
  await runRunbook(inlet, "empty-a-dlq", {
    replace: { "evt_…": dead[0] ?? "" },
    before: async (command) => {
      // A reader waits for the one before all are sent.
      if (command.includes("--dry-run"))
        await eventually(
          "the first replay",
          async () => ((await states()).get("dead_lettered") === 2 ? true : null),
          60_000,
        );
    },
  });
  await allWritten();
  expectOnceInTheCrm(5);
}, 300_000);

it("move a lane: the tenant's mail goes on in a lane of its own, over a kill in the move and one in a bulk replay beside it", async () => {
  await postDeadLetters("six", "seven");
  await readers.pop()?.stop();
  let replay = "";
  // A page has one email: the sink dies with the first sent and not told of, and the second still to come.
  await killSinkAt(inlet, "after-dead-letters", async () => {
    replay = (await readJob("dlq", "replay", "--tenant", "acme", "--rate", "1", "--detach")).id;
  });
  expect(await inlet.ledger.jobs.get(replay)).toMatchObject({ state: "running", done: 0, total: 2 });
  readers.push(await inlet.start("crm-sink"));

  await inlet.admin.applyTopics(["acme"]);
  const lane = { LANES: "acme" };
  const [parser, mover] = await Promise.all([
    inlet.start("parser", lane),
    inlet.start("crm-sink", { ...lane, INLET_TEST_KILL_AT: "after-lane-drained" }),
  ]);
  readers.push(parser);
  const runbook = runRunbook(inlet, "move-a-lane");
  expect(await Promise.race([mover.ended, runbook])).toMatchObject({ signal: "SIGKILL" });
  expect(await inlet.ledger.jobs.list({ kind: "lane_move", limit: 10 })).toMatchObject([{ state: "running" }]);
  const [moved] = await post("eight");
  readers.push(await inlet.start("crm-sink", lane));
  // It follows the move until that has ended.
  await runbook;
  expect(await inlet.ledger.jobs.list({ kind: "lane_move", limit: 10 })).toMatchObject([{ state: "done" }]);
  expect(await readJob("jobs", "show", replay, "--follow")).toMatchObject({ state: "done" });
  expect(await readFile(inlet.tenantFile, "utf8")).toContain("isolation: dedicated");
  await allWritten();
  expect((await inlet.ledger.inspect.delivery("acme", moved ?? ""))?.lane).toBe("acme");
  expectOnceInTheCrm(8);
}, 300_000);

it("expired offsets: a group that has lost its place reads everything again, and nothing is written again", async () => {
  await stopReaders();
  for (const group of ["parser.acme", "crm-sink.acme"]) await inlet.admin.deleteGroup(group);
  await startReaders();
  await eventually("everything to be read again", async () => ((await countUnread()) === 0 ? true : null), 60_000);
  await runRunbook(inlet, "expired-offsets");
  expectOnceInTheCrm(8);
}, 300_000);

it("restore: what was written since the backup is found in the CRM, and not written again", async () => {
  const [lost] = await post("nine");
  await allWritten();
  await runRunbook(inlet, "restore", {
    replace: { "2026-11-30T08:00:00Z": new Date().toISOString() },
    before: async (command) => {
      if (command === "ledger migrate") {
        await stopReaders();
        await restoreWithout(lost ?? "");
      }
      if (command !== "reconcile") return;
      await startReaders();
      await allWritten();
      await eventually("everything to be read again", async () => ((await countUnread()) === 0 ? true : null), 60_000);
    },
  });
  expectOnceInTheCrm(9);
}, 300_000);

async function post(...mails: (string | { readonly subject: string; readonly header: string })[]): Promise<string[]> {
  const eventIds: string[] = [];
  for (const mail of mails) {
    const { subject, header } = typeof mail === "string" ? { subject: mail, header: "" } : mail;
    const mime = `${header}From: ${subject}@customers.example\r\nTo: sales@inlet.example\r\nSubject: ${subject}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <${subject}@customers.example>\r\n\r\nHello\r\n`;
    eventIds.push(await inlet.post(gateway, subject, mime));
  }
  sent.push(...eventIds);
  return eventIds;
}

/** Each is refused by the CRM, once. */
async function postDeadLetters(...subjects: string[]): Promise<string[]> {
  const dead: string[] = [];
  for (const subject of subjects) {
    const match = { method: "POST", path: "/crm/*/objects/emails" };
    inlet.sandbox.faults.add({ match, status: 400, category: "VALIDATION_ERROR", times: 1 });
    dead.push(...(await post(subject)));
    await eventually(
      "a dead letter",
      async () => ((await states()).get("dead_lettered") === dead.length ? true : null),
      60_000,
    );
  }
  return dead;
}

async function readJob(...args: string[]): Promise<Job> {
  const { code, stdout, stderr } = await inlet.inlet(...args, "--json");
  if (code !== 0) throw new Error(stderr);
  const [job] = [JSON.parse(stdout) as Job | Job[]].flat();
  if (job === undefined) throw new Error(`no job: ${stderr}`);
  return job;
}

async function states(): Promise<Map<string, number>> {
  const found = await inlet.ledger.inspect.states(sent.map((eventId) => ({ tenant: "acme", eventId })));
  return new Map([...Map.groupBy(found.values(), (state) => state)].map(([state, all]) => [state, all.length]));
}

async function allWritten(): Promise<void> {
  await eventually(
    `${sent.length} emails to be written`,
    async () => ((await states()).get("written") === sent.length ? true : null),
    90_000,
  );
}

function expectOnceInTheCrm(emails: number): void {
  expect(inlet.sandbox.store.all("emails").length).toBe(emails);
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
}

async function stopReaders(): Promise<void> {
  await Promise.all(readers.splice(0).map(async (service) => service.stop()));
}

async function startReaders(): Promise<void> {
  const lane = { LANES: "shared,acme" };
  readers.push(...(await Promise.all([inlet.start("parser", lane), inlet.start("crm-sink", lane)])));
}

async function countUnread(): Promise<number> {
  const { stdout } = await inlet.inlet("lanes", "list", "--json");
  const lanes = JSON.parse(stdout) as { groups: { lag: number | null }[] }[];
  return lanes.flatMap(({ groups }) => groups).reduce((sum, { lag }) => sum + (lag ?? 0), 0);
}

/** As a backup has it that is older than the email: none of its rows, nor what it wrote. */
async function restoreWithout(eventId: string): Promise<void> {
  const database = openDatabase({ connectionString: inlet.stack.env.DATABASE_URL });
  try {
    const [row] = await database.query<{ email_key: string }>("select email_key from deliveries where event_id = $1", [
      eventId,
    ]);
    for (const table of ["journey", "effects", "deliveries"])
      await database.query(`delete from ${table} where event_id = $1`, [eventId]);
    await database.query("delete from email_names where email_key = $1", [row?.email_key]);
  } finally {
    await database.close();
  }
}
