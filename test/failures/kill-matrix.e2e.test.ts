import { duplicatesIn } from "@inlet/crm-sandbox";
import { openDatabase } from "@inlet/ledger/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAgain } from "../running/emails.ts";
import { eventually, runInlet, type RunningInlet, type Service, type ServiceName } from "../running/running-inlet.ts";

/**
 * kill -9 of the parser and the sink before and after every side effect (docs/concepts/protocol.md, section 4: claim, call, confirm, outbox, commit; 3: insert,
 * produce, commit). After each kill the service starts anew, meets its records again, and settles what is unknown when its time has come.
 * In the end every email is accounted for and the CRM has everything once.
 */
const SINK_POINTS = [
  "after-claim",
  ...["prepare", "contact", "deal", "task", "stage", "file", "activity"].flatMap((call) => [
    `before-call:${call}`,
    `after-call:${call}`,
  ]),
  "before-end",
  "after-end",
  "before-commit",
];
/** Every email makes a task and moves its deal. */
const RULES = `
rules:
  - id: every-email
    when: { class: [human] }
    then: { createTask: { title: "Answer {subject}", dueIn: 1d }, setStage: { stage: contractsent } }
`;
const PARSER_POINTS = ["after-accept", "before-produce", "after-produce", "before-mark", "after-mark"];

let inlet: RunningInlet;
let gateway: Service;
const sent: { eventId: string; point: string }[] = [];
let mails = 0;

beforeAll(async () => {
  inlet = await runInlet({
    crmTimeoutMs: 2_000,
    tenant: { yaml: RULES },
    losesOnPurpose: "the last test deletes a delivery row, for reconcile to find",
  });
  gateway = await inlet.start("ingest-gateway");
}, 300_000);
afterAll(async () => inlet?.close());

describe("the kill matrix", () => {
  // The parser's kills need no sink, the sink's a parser that lives.
  it.each(PARSER_POINTS)("parser killed %s", async (point) => killAt("parser", point), 60_000);

  it("with a parser that lives, the sink dies at every point of its own", async () => {
    const parser = await inlet.start("parser");
    for (const point of SINK_POINTS) await killAt("crm-sink", point);
    await parser.stop();
  }, 400_000);

  it("a mail that ends the process whenever it is parsed is parsed alone, then dead-lettered; its neighbours go on", async () => {
    const poison = await send("poison");
    const neighbour = await send("neighbour of poison");
    for (let kills = 0; ; kills += 1) {
      expect(kills).toBeLessThan(8);
      const parser = await inlet.start("parser", { INLET_TEST_KILL_AT: `parse:${poison}` });
      const ended = await Promise.race([
        parser.ended.then(({ signal }) => signal),
        eventually(
          "the poison's end",
          async () =>
            (await inlet.ledger.inspect.delivery("acme", poison))?.state === "dead_lettered"
              ? ("dead-lettered" as const)
              : null,
          45_000,
        ),
      ]);
      if (ended === "dead-lettered") {
        expect(kills).toBeGreaterThanOrEqual(3);
        await parser.stop();
        break;
      }
    }
    expect(await inlet.ledger.inspect.delivery("acme", poison)).toMatchObject({
      state: "dead_lettered",
      reason: "crashed_process",
    });
    expect(["parsed", "written"]).toContain((await inlet.ledger.inspect.delivery("acme", neighbour))?.state);
  }, 200_000);

  it("two sinks and two parsers end everything; every email is accounted for and the CRM has everything once", async () => {
    const services = await Promise.all([
      inlet.start("parser"),
      inlet.start("parser"),
      inlet.start("crm-sink"),
      inlet.start("crm-sink"),
    ]);
    for (let i = 0; i < 20; i += 1) await send(`beside two sinks ${i}`);
    await allEnded(["poison"]);
    await expectOnceInTheCrm(mails - 1);
    await Promise.all(services.map(async (service) => service.stop()));
    await expectTheLaw();
  }, 240_000);

  it("offsets reset to the beginning: everything is read again, nothing is written again, and what was dead-lettered waits for its replay", async () => {
    let services: Service[] = [];
    await readAgain(inlet, async () => {
      services = await Promise.all([inlet.start("parser"), inlet.start("crm-sink"), inlet.start("crm-sink")]);
    });
    await allEnded(["poison"]);
    // Nothing kills the parser now, so the former poison is written too.
    expect(await inlet.inlet("dlq", "replay", "--all")).toMatchObject({ code: 0 });
    const poison = sent.find(({ point }) => point === "poison")?.eventId ?? "";
    await eventually(
      "the replay of the poison",
      async () => ((await inlet.ledger.inspect.delivery("acme", poison))?.state === "written" ? true : null),
      60_000,
    );
    await allEnded([]);
    await Promise.all(services.map(async (service) => service.stop()));
    await expectOnceInTheCrm(mails);
    await expectTheLaw();
  }, 240_000);

  it("a waiting row and a delivery row taken away on purpose: reconcile finds each and exits 1", async () => {
    const database = openDatabase({ connectionString: inlet.stack.env.DATABASE_URL });
    try {
      const [victim, other] = sent.map(({ eventId }) => eventId);
      await database.query("update deliveries set state = 'waiting' where event_id = $1", [victim]);
      expect(await inlet.inlet("reconcile")).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(new RegExp(`LOST acme ${victim}.*waiting row is gone`)),
      });
      await database.query("update deliveries set state = 'written' where event_id = $1", [victim]);
      await expectTheLaw();
      await database.query("delete from deliveries where event_id = $1", [other]);
      const found = await inlet.inlet("reconcile", "--deep", "--json");
      expect(found.code).toBe(1);
      expect(
        (JSON.parse(found.stdout) as { lost: { eventId: string }[] }).lost.map(({ eventId }) => eventId),
      ).toContain(other);
    } finally {
      await database.close();
    }
  }, 60_000);
});

/** Starts the service with a kill point, sends an email, and waits until the service is dead of it. */
async function killAt(name: ServiceName, point: string): Promise<void> {
  const service = await inlet.start(name, { INLET_TEST_KILL_AT: point });
  await send(point);
  const { signal } = await Promise.race([
    service.ended,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`${name} was never at ${point}`)), 45_000)),
  ]);
  expect(signal).toBe("SIGKILL");
}

/** An email of a new sender in a new conversation, with a file: every effect there is. */
async function send(what: string): Promise<string> {
  mails += 1;
  const id = `kill-${mails}`;
  const eventId = await inlet.post(
    gateway,
    id,
    `From: Sender ${mails} <sender-${mails}@example.com>\r
To: sales@inlet.example\r
Subject: ${id}: ${what}\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
Message-ID: <${id}@example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
${what}\r
--b\r
Content-Type: text/csv; name=prices-${mails}.csv\r
Content-Disposition: attachment; filename=prices-${mails}.csv\r
\r
item,price,${mails}\r
--b--\r
`,
  );
  sent.push({ eventId, point: what });
  return eventId;
}

/** Leases of the killed run out, then everything ends: all written but those named. */
async function allEnded(deadLettered: readonly string[]): Promise<void> {
  await eventually(
    "every email to end",
    async () => {
      const states = await inlet.ledger.inspect.states(sent.map(({ eventId }) => ({ tenant: "acme", eventId })));
      const open = sent.filter(
        ({ eventId }) => !["written", "dead_lettered"].includes(states.get(`acme/${eventId}`) ?? "unknown"),
      );
      return open.length === 0 ? true : null;
    },
    180_000,
  );
  for (const { eventId, point } of sent) {
    const delivery = await inlet.ledger.inspect.delivery("acme", eventId);
    expect([point, delivery?.state, delivery?.warnings]).toEqual([
      point,
      deadLettered.includes(point) ? "dead_lettered" : "written",
      [],
    ]);
  }
}

async function expectOnceInTheCrm(once: number): Promise<void> {
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  expect(countRecords()).toEqual({ contacts: once, deals: once, emails: once, files: once, tasks: once });
  expect(new Set(inlet.sandbox.store.all("deals").map(({ properties }) => properties["dealstage"]))).toEqual(
    new Set(["contractsent"]),
  );
}

function countRecords(): Record<string, number> {
  const { store } = inlet.sandbox;
  return {
    contacts: store.all("contacts").length,
    deals: store.all("deals").length,
    emails: store.all("emails").length,
    files: store.files().length,
    tasks: store.all("tasks").length,
  };
}

async function expectTheLaw(): Promise<void> {
  const report = await inlet.inlet("reconcile", "--deep");
  expect(report).toMatchObject({ code: 0, stdout: expect.stringMatching(/lost 0\n[^]*every email is accounted for/) });
}
