import { openDatabase } from "@inlet/ledger/database";
import type { GuaranteeReport } from "@inlet/reconcile";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** OP6: the console beside mail that flows. Its balance is `inlet reconcile`'s, it finds what is lost, and mail does not need it. */

/** As `/api/v1/overview` answers. */
interface Figures {
  readonly countedAt: number | null;
  readonly balance: Pick<
    GuaranteeReport,
    "accepted" | "written" | "suppressed" | "deadLettered" | "discarded" | "inFlight"
  >;
  readonly lost: GuaranteeReport["lost"];
  readonly faults: readonly string[];
}

const PATIENCE_MS = 120_000;

let inlet: RunningInlet;
let gateway: Service;
let authorization: string;
let sent = 0;

beforeAll(async () => {
  inlet = await runInlet({ losesOnPurpose: "a row is deleted, for the console to miss" });
  gateway = await inlet.start("ingest-gateway");
  await Promise.all([inlet.start("parser"), inlet.start("crm-sink")]);
  const { secret } = await inlet.ledger.access.createToken({
    name: "e2e",
    grants: ["process", "replay", "administer"].map((role) => ({ role, tenant: "*" })),
    createdBy: "test",
    ttlMs: null,
  });
  authorization = `Bearer ${secret}`;
}, 300_000);
afterAll(async () => inlet?.close());

async function send(): Promise<string> {
  sent += 1;
  return inlet.post(
    gateway,
    `console-${sent}`,
    `From: c${sent}@example.com\r\nTo: sales@inlet.example\r\nSubject: ${sent}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <c${sent}@example.com>\r\n\r\nHello\r\n`,
  );
}

/** What the console counted, once there is a count that is newer than `after` (epoch ms). */
async function readFigures(console: Service, after = 0): Promise<Figures> {
  return eventually(
    "a count of the console",
    async () => {
      const answer = await fetch(`${console.url}/api/v1/overview`, { headers: { authorization } });
      const figures = (await answer.json()) as Figures;
      return figures.countedAt !== null && figures.countedAt > after ? figures : null;
    },
    PATIENCE_MS,
  );
}

async function waitUntilWritten(emails: number): Promise<void> {
  await eventually(
    `${emails} emails to be written`,
    async () => ((await inlet.ledger.inspect.countByState())["written"] === emails ? true : null),
    PATIENCE_MS,
  );
}

describe("the balance", () => {
  it("holds under load, is inlet reconcile's to the unit, and names what is lost", async () => {
    let on = true;
    const flow = (async () => {
      while (on) await send();
    })();
    try {
      const { balance, lost } = await readFigures(await inlet.start("console"));
      expect(lost).toEqual([]);
      expect(balance.written + balance.suppressed + balance.deadLettered + balance.inFlight).toBe(balance.accepted);
    } finally {
      on = false;
      await flow;
    }
    await waitUntilWritten(sent);
    const console = await inlet.start("console");
    const { balance, lost, faults } = await readFigures(console);
    const { stdout } = await inlet.inlet("reconcile", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ ...balance, lost, faults });
    expect({ ...balance, lost }).toMatchObject({ accepted: sent, written: sent, inFlight: 0, lost: [] });

    const eventId = await send();
    await waitUntilWritten(sent);
    const database = openDatabase({ connectionString: inlet.stack.env.DATABASE_URL });
    try {
      await database.query("delete from deliveries where event_id = $1", [eventId]);
    } finally {
      await database.close();
    }
    const found = await readFigures(console, Date.now());
    expect(found.lost).toMatchObject([{ tenant: "acme", eventId }]);
    const page = await fetch(console.url, { headers: { authorization } });
    expect(await page.text()).toContain(eventId);
  });
});

/** Values of what names something, wherever they stand in an answer. */
function findIds(answer: unknown): string[] {
  const ids = new Set<string>();
  JSON.stringify(answer, (name, value: unknown) => {
    if ((name === "eventId" || name === "id") && (typeof value === "string" || typeof value === "number"))
      ids.add(String(value));
    return value;
  });
  return [...ids].toSorted();
}

describe("each page prints a command that says the same", () => {
  let console: Service;
  let written: string;
  const ask = async (address: string): Promise<string> =>
    (await fetch(`${console.url}${address}`, { headers: { authorization } })).text();

  beforeAll(async () => {
    console = await inlet.start("console");
    written = await send();
    await eventually(
      "an email to be written",
      async () => ((await inlet.ledger.inspect.delivery("acme", written))?.state === "written" ? true : null),
      PATIENCE_MS,
    );
    await inlet.ledger.jobs.create({
      id: "job_1",
      kind: "replay",
      service: "crm-sink",
      lane: "none",
      name: "a job",
      actor: "ada",
    });
    await inlet.ledger.circuits.hold("acme", { why: "a row for the list", actor: "ada" });
  });

  it.each([
    "/emails?state=written&limit=5",
    "/emails/acme/:eventId",
    "/search?q=:eventId",
    "/waiting?tenant=acme",
    "/dead-letters?tenant=acme",
    "/dead-letters/emails?tenant=acme",
    "/jobs?limit=5",
    "/jobs/job_1",
    "/proposals",
    "/tenants?tenant=acme",
    "/tokens",
    "/audit?limit=5",
  ])("%s", async (address) => {
    const path = address.replace(":eventId", written);
    // A search that finds one email has the email's page.
    const page = (await ask(path)).replaceAll("&#38;", "&").replaceAll("&amp;", "&").replaceAll("&#39;", "'");
    const said = /By hand: <code>npx inlet ([^<]+)<\/code>/.exec(page)?.[1] ?? "";
    const { code, stdout, stderr } = await inlet.inlet(...said.split(" "), "--json");
    expect({ said, code, stderr }).toMatchObject({ code: 0 });
    const asJson = /<a href="([^"]+)">This page as JSON/.exec(page)?.[1] ?? "";
    const [ours, theirs] = [findIds(JSON.parse(stdout)), findIds(JSON.parse(await ask(asJson)))];
    expect(ours, said).toEqual(theirs);
  });
});

describe("mail does not need the console", () => {
  it("flows while the console stands still, and after it was killed", async () => {
    await inlet.ledger.circuits.endHold("acme", "ada");
    const console = await inlet.start("console");
    await readFigures(console);
    const before = (await inlet.ledger.inspect.countByState())["written"] ?? 0;
    console.freeze();
    for (let n = 0; n < 20; n += 1) await send();
    await waitUntilWritten(before + 20);
    await console.kill();
    for (let n = 0; n < 20; n += 1) await send();
    await waitUntilWritten(before + 40);
  });
});
