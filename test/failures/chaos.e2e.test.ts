import { setTimeout as sleep } from "node:timers/promises";
import { duplicatesIn, type FaultRule } from "@inlet/crm-sandbox";
import { openDatabase } from "@inlet/ledger/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/**
 * OP10, WR8, WR11: every way in which a CRM is known to fail, in storms that strike calls, in an order that a seed decides, over two sinks of
 * which one is killed in the middle. Afterwards no one helps: all is written once, and every email is accounted for.
 */
const STORMS: readonly FaultRule[] = [
  { status: 429, retryAfter: 1 },
  { status: 429, policyName: "SECONDLY" },
  { status: 500 },
  { status: 502, carryOut: true },
  { status: 503, rate: 0.5 },
  { status: 401, times: 1 },
  { drop: "before" },
  { drop: "after", rate: 0.5 },
  { cut: true, rate: 0.5 },
  { dripMs: 200, rate: 0.3 },
  { delayMs: 1_500, rate: 0.5 },
  { lateWriteMs: 3_000, rate: 0.3 },
];
const CONVERSATIONS = 12;
const EMAILS_EACH = 3;

let inlet: RunningInlet;
let gateway: Service;

beforeAll(async () => {
  inlet = await runInlet({ crmTimeoutMs: 2_000 });
  [gateway] = await Promise.all([inlet.start("ingest-gateway"), inlet.start("parser"), inlet.start("crm-sink")]);
}, 300_000);
afterAll(async () => inlet?.close());

it("storms of every fault, a sink killed in one of them: everything is written once, without help", async () => {
  const other = await inlet.start("crm-sink");
  const storms = seeded(20_261_124);
  const sent: string[] = [];
  const struck = new Set<FaultRule>();
  for (let round = 0; round < EMAILS_EACH; round += 1) {
    for (const storm of shuffled(STORMS, storms)) {
      inlet.sandbox.faults.clear();
      inlet.sandbox.faults.add({ match: {}, ...storm });
      sent.push(await send(sent.length));
      await sleep(700);
      if (hasStruck()) struck.add(storm);
      // Quiet between storms lets circuits close, so that the next one meets calls.
      inlet.sandbox.faults.clear();
      await sleep(500);
    }
    if (round === 1) await other.kill();
  }
  // A storm that met no call, since the circuit was open all the while, proves nothing: it comes again over a closed one.
  for (const storm of STORMS.filter((each) => !struck.has(each))) {
    await closeCircuit();
    inlet.sandbox.faults.add({ match: {}, ...storm, rate: 1 });
    sent.push(await send(sent.length));
    for (let looks = 0; looks < 40 && !hasStruck(); looks += 1) await sleep(500);
    if (hasStruck()) struck.add(storm);
    inlet.sandbox.faults.clear();
  }
  expect(struck.size).toBeGreaterThanOrEqual(STORMS.length / 2);
  await inlet.start("crm-sink");

  await eventually(
    "every email to be written",
    async () => {
      const states = await inlet.ledger.inspect.states(sent.map((eventId) => ({ tenant: "acme", eventId })));
      return sent.every((eventId) => states.get(`acme/${eventId}`) === "written") ? true : null;
    },
    240_000,
  );
  await inlet.sandbox.faults.landed();
  for (const eventId of sent)
    expect(await inlet.ledger.inspect.delivery("acme", eventId)).toMatchObject({ state: "written", warnings: [] });
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  const { store } = inlet.sandbox;
  expect({
    contacts: store.all("contacts").length,
    deals: store.all("deals").length,
    emails: store.all("emails").length,
    files: store.files().length,
  }).toEqual({ contacts: CONVERSATIONS, deals: CONVERSATIONS, emails: sent.length, files: sent.length });
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/lost 0\n[^]*every email is accounted for/),
  });
}, 420_000);

/** As a probe that succeeded leaves it, and until every sink has seen it. */
async function closeCircuit(): Promise<void> {
  const database = openDatabase({ connectionString: inlet.stack.env.DATABASE_URL });
  try {
    await database.query("delete from circuits");
  } finally {
    await database.close();
  }
  await sleep(1_500);
}

/** Whether the fault that was added has met a call; one that is used up has. */
function hasStruck(): boolean {
  return inlet.sandbox.faults.list().every((fault) => fault.struck > 0);
}

/** The n-th email: of a conversation's sender, in reply to the one before, with a file of its own. */
async function send(n: number): Promise<string> {
  const conversation = n % CONVERSATIONS;
  const replyTo = n < CONVERSATIONS ? "" : `In-Reply-To: <chaos-${n - CONVERSATIONS}@example.com>\r\n`;
  return inlet.post(
    gateway,
    `chaos-${n}`,
    `From: Sender ${conversation} <chaos-${conversation}@example.com>\r
To: sales@inlet.example\r
Subject: Chaos ${conversation}\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
Message-ID: <chaos-${n}@example.com>\r
${replyTo}References: <chaos-${conversation}@example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
Email ${n}\r
--b\r
Content-Type: text/csv; name=prices-${n}.csv\r
Content-Disposition: attachment; filename=prices-${n}.csv\r
\r
item,price,${n}\r
--b--\r
`,
  );
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
