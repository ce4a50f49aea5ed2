import { appendFile, readFile, writeFile } from "node:fs/promises";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { groupIn, topicIn } from "@inlet/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backlog } from "../running/backlog.ts";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** WR3 on the running system, with two sinks: a new thread finds its deal by contact and subject, or by the campaign of its address. */
let inlet: RunningInlet;
let gateway: Service;
let sinks: Service[];
const posted: string[] = [];

beforeAll(async () => {
  inlet = await runInlet();
  const file = await readFile(inlet.tenantFile, "utf8");
  await writeFile(
    inlet.tenantFile,
    file.replace("mailboxes:\n", 'mailboxes:\n  campaigns: { addresses: ["campaign-*@inlet.example"] }\n'),
  );
  [gateway] = await Promise.all([inlet.start("ingest-gateway"), inlet.start("parser"), startSinks()]);
}, 300_000);
afterAll(async () => inlet?.close());

it("a new thread of the same contact with the same subject is written to the deal; `inlet show` says why", async () => {
  const first = await written(await post("first", "ada@example.com", "Pump P-300 leaks"));
  const second = await written(await post("second", "Ada@Example.com", "AW: pump P-300 leaks!"));
  expect(getDeal(second)).toBe(getDeal(first));
  expect(second.evidence["deal"]).toEqual({
    matchedBy: "recent_subject",
    confidence: "medium",
    detail: `same contact and subject as ${first.eventId}`,
  });
  expect(dealsInCrm(second)).toEqual([getDeal(first)]);
  const { stdout } = await inlet.inlet("show", second.eventId);
  expect(stdout).toContain('"matchedBy":"recent_subject","confidence":"medium"');

  // Its conversation has the deal from now on.
  const reply = await written(await post("reply", "bob@example.com", "Something else", "second"));
  expect(getDeal(reply)).toBe(getDeal(first));
  expect(reply.evidence["deal"]).toMatchObject({ matchedBy: "conversation" });
  // Somebody else, and a subject that is anybody's, are matters of their own.
  for (const [id, from, subject] of [
    ["other", "bob@example.com", "Pump P-300 leaks"],
    ["hello", "ada@example.com", "Hello"],
    ["hello-again", "ada@example.com", "Hello"],
  ] as const) {
    expect((await written(await post(id, from, subject))).evidence["deal"]).toMatchObject({ matchedBy: "created" });
  }
}, 300_000);

it("of many at once on two sinks one makes the deal, and the others wait for it", async () => {
  const ids = Array.from({ length: 12 }, (_, n) => `once-${n}`);
  const events = await Promise.all(ids.map(async (id) => post(id, "cleo@example.com", "Twelve pumps for Kiel")));
  const all = await Promise.all(events.map(written));
  expect(new Set(all.map(getDeal)).size).toBe(1);
  expect(all.map(({ evidence }) => (evidence["deal"] as { matchedBy: string }).matchedBy).toSorted()).toEqual([
    "created",
    ...Array.from({ length: 11 }, () => "recent_subject"),
  ]);
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
}, 300_000);

it("a replay under another mapping comes to the same deals, for the same reasons", async () => {
  const before = await everyDeal();
  expect(before.length).toBeGreaterThan(12);
  const deals = inlet.sandbox.store.all("deals").length;
  await Promise.all(sinks.map(async (sink) => sink.stop()));
  await appendFile(inlet.tenantFile, "classes: { newsletter: write }\n");
  const topic = topicIn("normalizedEvents", "shared");
  const partitions = await inlet.admin.topicOffsets(topic);
  const low = new Map(partitions.map((partition) => [partition.partition, partition.low]));
  await inlet.admin.setOffsets(groupIn("crm-sink", "shared"), topic, low);
  await startSinks();
  const replayed = await eventually(
    "every email to be written again",
    async () => {
      const now = await everyDeal();
      return (await backlog(inlet)) === 0 && now.every(({ endedAt }, i) => endedAt !== before[i]?.endedAt) ? now : null;
    },
    60_000,
  );
  const known = ({ eventId, deal, evidence }: (typeof before)[number]) => ({ eventId, deal, evidence });
  expect(replayed.map(known)).toEqual(before.map(known));
  expect(inlet.sandbox.store.all("deals")).toHaveLength(deals);
}, 300_000);

it("a deal that is gone from the CRM is passed over with a warning", async () => {
  const first = await written(await post("gone", "dora@example.com", "Pump P-400 leaks"));
  const { store } = inlet.sandbox;
  const deal = store.find("deals", getDeal(first));
  if (deal === undefined) throw new Error("the deal is not in the CRM");
  store.archive(deal, Date.now());
  const next = await written(await post("gone-next", "dora@example.com", "Pump P-400 leaks"));
  expect(next.warnings).toEqual([`recent_subject_deal_unknown: the CRM has no deal ${deal.id}`]);
  expect(next.evidence["deal"]).toMatchObject({ matchedBy: "created" });
  const last = await written(await post("gone-last", "dora@example.com", "Pump P-400 leaks"));
  expect(getDeal(last)).toBe(getDeal(next));
}, 300_000);

it("an email to a campaign's address is written to the deal of the message that its sender got", async () => {
  const deal = inlet.sandbox.store.create(
    "deals",
    { dealname: "Spring", pipeline: "default", dealstage: "appointmentscheduled" },
    Date.now(),
  ).id;
  await inlet.registerSent(gateway, {
    messageId: "<spring@mail.inlet.example>",
    contactEmail: "Eve@example.com",
    campaign: "2026-Q2",
    dealId: deal,
    sentAt: 1,
  });
  let tries = 0;
  // A registration comes by its own topic: an email right behind it may be first.
  const matched = await eventually(
    "the registration to be known",
    async () => {
      tries += 1;
      const email = await written(
        await post(`spring-${tries}`, "eve@example.com", `Hello ${tries}`, undefined, "campaign-2026-q2@inlet.example"),
      );
      return getDeal(email) === deal ? email : null;
    },
    60_000,
  );
  expect(matched.evidence["deal"]).toEqual({
    matchedBy: "campaign",
    confidence: "high",
    detail: "message spring@mail.inlet.example of campaign 2026-Q2 was sent to this contact",
  });
  expect(dealsInCrm(matched)).toEqual([deal]);
  expect(await inlet.inlet("reconcile")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("every email is accounted for"),
  });
}, 300_000);

async function post(id: string, from: string, subject: string, inReplyTo?: string, to = "sales@inlet.example") {
  const thread = inReplyTo === undefined ? "" : `In-Reply-To: <${inReplyTo}@example.com>\r\n`;
  const eventId = await inlet.post(
    gateway,
    id,
    `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@example.com>\r\n${thread}\r\nBody of ${id}\r\n`,
  );
  posted.push(eventId);
  return eventId;
}

async function startSinks(): Promise<void> {
  sinks = await Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]);
}

/** Every email so far with its deal, why it is there, and when it ended. */
async function everyDeal() {
  const all = await Promise.all(posted.map(written));
  return all.map((delivery) => ({
    eventId: delivery.eventId,
    deal: getDeal(delivery),
    evidence: delivery.evidence["deal"],
    endedAt: delivery.endedAt,
  }));
}

type Delivery = NonNullable<Awaited<ReturnType<RunningInlet["ledger"]["inspect"]["delivery"]>>>;

async function written(eventId: string): Promise<Delivery> {
  return eventually(
    `${eventId} to be written`,
    async () => {
      const delivery = await inlet.ledger.inspect.delivery("acme", eventId);
      return delivery?.state === "written" ? delivery : null;
    },
    60_000,
  );
}

function getRecord(delivery: Delivery, effect: string): string {
  return delivery.effects.find((each) => each.effect === effect)?.recordId ?? "";
}

function getDeal(delivery: Delivery): string {
  return getRecord(delivery, "deal");
}

/** Deals that the email's activity is associated with in the CRM. */
function dealsInCrm(delivery: Delivery): string[] {
  const { store } = inlet.sandbox;
  const record = store.find("emails", getRecord(delivery, "activity"));
  return record === undefined ? [] : store.associated(record, "deals").map(({ toId }) => toId);
}
