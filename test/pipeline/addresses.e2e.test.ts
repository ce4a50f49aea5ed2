import { readFile, writeFile } from "node:fs/promises";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** IN1, IN2 and WR3 on the running system: what an address and a registered message decide, and what a repaired tenant file brings back. */
let inlet: RunningInlet;
let gateway: Service;

beforeAll(async () => {
  inlet = await runInlet();
  [gateway] = await Promise.all([inlet.start("ingest-gateway"), inlet.start("parser"), inlet.start("crm-sink")]);
}, 300_000);
afterAll(async () => inlet?.close());

it("a reply is written to the deal of the registered message that it answers; one that came before is matched again", async () => {
  const deal = inlet.sandbox.store.create(
    "deals",
    { dealname: "Offer 4711", pipeline: "default", dealstage: "appointmentscheduled" },
    Date.now(),
  ).id;
  const early = await post("early-reply", "sales@inlet.example", "late@mail.inlet.example");
  await ended(early, "written");
  expect(await findDeals(early)).not.toContain(deal);

  await inlet.registerSent(gateway, {
    messageId: "<late@mail.inlet.example>",
    dealId: deal,
    sentAt: 1,
    campaign: "q2",
  });
  await eventually(
    "the early reply to be matched again",
    async () => ((await findDeals(early)).includes(deal) ? true : null),
    60_000,
  );
  await eventually(
    "its journey to tell so",
    async () =>
      (await inlet.ledger.inspect.journey("acme", early)).some(({ what }) => what === "matched_again") ? true : null,
    10_000,
  );

  const reply = await post("reply", "sales@inlet.example", "late@mail.inlet.example");
  expect((await ended(reply, "written")).evidence).toMatchObject({
    deal: { matchedBy: "sent_message", detail: "known sent message late@mail.inlet.example" },
    sentMessage: { campaign: "q2" },
  });
  expect(await findDeals(reply)).toEqual([deal]);
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
}, 300_000);

it("email to no one's address is quarantined, and a replay after the file was repaired writes it to its mailbox", async () => {
  const file = await readFile(inlet.tenantFile, "utf8");
  await writeFile(inlet.tenantFile, `${file}unknownRecipients: { http: quarantine }\n`);
  let attempts = 0;
  const lost = await eventually(
    "the parser to take over the file",
    async () => {
      attempts += 1;
      const eventId = await post(`lost-${attempts}`, "campaign-2026-q3+vip@inlet.example");
      const { state, reason } = await ended(eventId, "written", "dead_lettered");
      return state === "dead_lettered" && reason === "unknown_recipient" ? eventId : null;
    },
    60_000,
  );
  expect((await inlet.ledger.inspect.delivery("acme", lost))?.evidence).toEqual({
    recipients: ["campaign-2026-q3+vip@inlet.example"],
  });

  await writeFile(
    inlet.tenantFile,
    `${file.replace("mailboxes:\n", 'mailboxes:\n  campaigns: { addresses: ["campaign-{campaign}@inlet.example"], tags: { product: pump }, pipeline: default, stage: qualifiedtobuy }\n')}unknownRecipients: { http: quarantine }\n`,
  );
  await eventually(
    "a replay to write it",
    async () => {
      if ((await inlet.ledger.inspect.delivery("acme", lost))?.state === "dead_lettered") {
        const { code, stderr } = await inlet.inlet("dlq", "replay", lost);
        if (code !== 0) throw new Error(stderr);
      }
      return (await ended(lost, "written", "dead_lettered")).state === "written" ? true : null;
    },
    120_000,
  );
  const deals = await findDeals(lost);
  const deal = inlet.sandbox.store.all("deals").find(({ id }) => deals.includes(id))?.properties;
  expect(deal).toMatchObject({
    inlet_tags: "email-sourced;product:pump;campaign:2026-q3;campaign-2026-q3:vip",
    pipeline: "default",
    dealstage: "qualifiedtobuy",
  });
  expect(await inlet.inlet("reconcile")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("every email is accounted for"),
  });
}, 240_000);

async function post(id: string, to: string, inReplyTo?: string): Promise<string> {
  const thread =
    inReplyTo === undefined
      ? ""
      : `In-Reply-To: <${inReplyTo}>\r\nReferences: <first@elsewhere.example> <${inReplyTo}>\r\n`;
  return inlet.post(
    gateway,
    id,
    `From: ${id}@example.com\r\nTo: ${to}\r\nSubject: ${id}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@example.com>\r\n${thread}\r\nHello\r\n`,
  );
}

async function ended(eventId: string, ...states: string[]) {
  return eventually(
    `${eventId} to be ${states.join(" or ")}`,
    async () => {
      const delivery = await inlet.ledger.inspect.delivery("acme", eventId);
      return delivery !== null && states.includes(delivery.state) ? delivery : null;
    },
    60_000,
  );
}

/** Deals that the email's activity is associated with in the CRM. */
async function findDeals(eventId: string): Promise<string[]> {
  const delivery = await inlet.ledger.inspect.delivery("acme", eventId);
  const activity = delivery?.effects.find(({ effect }) => effect === "activity")?.recordId ?? "";
  const { store } = inlet.sandbox;
  const record = store.find("emails", activity);
  return record === undefined ? [] : store.associated(record, "deals").map(({ toId }) => toId);
}
