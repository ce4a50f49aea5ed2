import { createMemoryBlobStore } from "@inlet/blob-store";
import type { NewRecord } from "@inlet/kafka";
import { topicIn, type RawEvent } from "@inlet/schemas";
import { expect, test } from "vitest";
import { codec, rawRecord, smallParser } from "../testing/small-parser.ts";
import type { Delivery, ParserDeps } from "./intake/incoming-delivery.ts";
import { parseEmail } from "./pipeline.ts";

const mail = (to = "sales@acme.example"): Buffer =>
  Buffer.from(`From: ada@customers.example\r\nTo: ${to}\r\nMessage-ID: <m1@customers.example>\r\n\r\nHello\r\n`);
const GONE = { key: `acme/2026-11-30/${"0".repeat(64)}`, sha256: "0".repeat(64), size: 9 };
const BY_SMTP: Partial<RawEvent> = {
  source: { name: "mail", kind: "smtp", deliveryId: null, eventId: null, receivedAt: null },
  envelope: { from: "ada@customers.example", to: ["sales@acme.example"] },
  connection: { protocol: "smtp", clientAddress: "192.0.2.1", helo: "mx.customers.example", tls: null, relay: null },
};

/** The steps alone: no batch, no ledger around them. */
async function parse(body: RawEvent["body"], change: Partial<RawEvent> = {}, over: Partial<ParserDeps> = {}) {
  const { deps, produced } = smallParser(createMemoryBlobStore(), over);
  const record = await rawRecord(1, body, change);
  const delivery: Delivery = {
    record,
    event: await codec.decode("RawEvent", record.value as Buffer),
    tenant: deps.tenants.get("acme") as Delivery["tenant"],
    pass: 2,
    parsedAfter: 5_000,
    attempts: {},
    starts: 1,
    since: null,
  };
  return { result: await parseEmail(deps, delivery), produced };
}

const read = async ({ value }: NewRecord) => codec.decode("NormalizedEvent", value);

test("a raw event becomes one normalized record, on the topic of its lane, keyed by its conversation", async () => {
  const { result, produced } = await parse(mail(), { lane: "acme" }, { now: () => 4_000 });
  expect(result).toMatchObject({
    kind: "ok",
    value: { class: "human", row: { tenant: "acme", eventId: "evt_1", senderDomain: "customers.example", offset: 1n } },
  });
  const [record] = produced;
  expect(produced).toHaveLength(1);
  const event = await read(record as NewRecord);
  expect(record).toMatchObject({ topic: topicIn("normalizedEvents", "acme"), key: `acme/${event.conversationId}` });
  // Later than what was parsed before it, whatever this machine's clock says.
  expect(event).toMatchObject({ mailbox: "sales", parsedAt: 5_001, messageId: "m1@customers.example" });
});

test("the ledger's name of an email is the one that goes on", async () => {
  const { deps } = smallParser(createMemoryBlobStore());
  const deliveries = { ...deps.ledger.deliveries, nameEmail: async () => "eml_other" };
  const { produced } = await parse(mail(), {}, { ledger: { ...deps.ledger, deliveries } });
  expect(await read(produced[0] as NewRecord)).toMatchObject({ emailKey: "eml_other" });
});

/** A ledger in which one person is erased. */
function erasedFor(address: string): ParserDeps["ledger"] {
  const { ledger } = smallParser(createMemoryBlobStore()).deps;
  const wasErased: typeof ledger.erasures.wasErased = async ({ writers }) => writers.includes(address);
  return { ...ledger, erasures: { ...ledger.erasures, wasErased } };
}

/** What ends before anything is produced. */
test.each<[what: string, body: RawEvent["body"], change: Partial<RawEvent>, over: Partial<ParserDeps>, ends: object]>([
  ["a body that is no longer in the blob store", GONE, {}, {}, { kind: "deadLetter", reason: "blob_missing" }],
  [
    "an email to none of the tenant's mailboxes, with the addresses as evidence",
    mail("elsewhere@acme.example"),
    { ...BY_SMTP, envelope: { from: "ada@customers.example", to: ["elsewhere@acme.example"] } },
    {},
    { kind: "deadLetter", reason: "unknown_recipient", evidence: { recipients: ["elsewhere@acme.example"] } },
  ],
  [
    "a sender whose name servers have not answered yet",
    mail(),
    BY_SMTP,
    { verifySender: async () => null },
    { kind: "retry", code: "sender_not_verified_yet", attempt: null },
  ],
  [
    "an email of a person who was erased since, of which nothing is kept",
    mail(),
    {},
    { ledger: erasedFor("ada@customers.example") },
    { kind: "suppress", reason: "erased" },
  ],
  [
    "a replay of what is as it was",
    mail(),
    {},
    { replay: { mayGoOn: async () => false, ended: () => {} } },
    { kind: "skip", why: "already_ended" },
  ],
])("%s is not produced", async (_what, body, change, over, ends) => {
  const { result, produced } = await parse(body, change, over);
  expect(result).toMatchObject(ends);
  expect(produced).toEqual([]);
});
