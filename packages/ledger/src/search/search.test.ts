import { topicIn } from "@inlet/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { incoming, parsed } from "../../testing/samples.ts";
import type { IdLookup } from "./find-by-id.ts";

/** OP3: one box for every id, and for addresses and subjects by keyed hashes. */
let database: Database;
let ledger: Ledger;
const hashes = (...terms: string[]): string[] => terms.map((term) => Buffer.from(term.padEnd(16)).toString("hex"));

async function receive(tenant: string, eventId: string, at: number, ...terms: string[]): Promise<void> {
  await ledger.deliveries.accept([{ ...incoming(tenant, eventId), receivedAt: at }], at);
  await ledger.deliveries.markParsed([
    { ...parsed(tenant, eventId), terms: hashes(...terms).map((hash) => ({ kind: "subject" as const, hash })) },
  ]);
}

async function find(tenant: string, ...terms: string[]): Promise<string[]> {
  const found = await ledger.search.byTerms([{ tenant, hashes: hashes(...terms) }]);
  return found.map(({ eventId }) => eventId);
}

beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());

describe("by terms", () => {
  it("all words have to match, the newest first, of the tenant alone; a replay changes nothing", async () => {
    await receive("acme", "evt_1", 1000, "invoice", "march");
    await receive("acme", "evt_2", 2000, "invoice", "april");
    await receive("acme", "evt_3", 3000, "invoice", "march", "april");
    await receive("globex", "evt_4", 4000, "invoice");
    await receive("acme", "evt_1", 1000, "invoice", "march");
    expect(await find("acme", "invoice")).toEqual(["evt_3", "evt_2", "evt_1"]);
    expect(await find("acme", "invoice", "march")).toEqual(["evt_3", "evt_1"]);
    expect(await find("acme", "march", "april")).toEqual(["evt_3"]);
    expect(await find("acme", "march", "unknown")).toEqual([]);
    expect(await find("acme")).toEqual([]);
    expect(await ledger.search.tenants()).toEqual(["acme", "globex"]);
  });

  it("nothing is found by what was forgotten", async () => {
    await receive("old", "evt_5", 10, "a", "b");
    await receive("old", "evt_6", 20, "a");
    expect(await ledger.search.forgetTerms("old", hashes("a"))).toBe(2);
    expect(await find("old", "a")).toEqual([]);
    expect(await find("old", "b")).toEqual(["evt_5"]);
  });

  it("since when emails are found by a key is what was noted first", async () => {
    expect(await ledger.search.since("k")).toBeNull();
    await ledger.search.noteKey("k");
    const since = await ledger.search.since("k");
    await ledger.search.noteKey("k");
    expect(since).toBeGreaterThan(0);
    expect(await ledger.search.since("k")).toBe(since);
  });
});

describe("by id", () => {
  beforeAll(async () => {
    await database.query(`insert into deliveries (tenant, event_id, lane, state, source, source_kind, source_event_id, source_delivery_id, email_key,
        conversation_id, message_id, trace_id, raw_topic, raw_partition, raw_offset, normalized_topic, normalized_partition, normalized_offset,
        dlq_topic, dlq_partition, dlq_offset, received_at, effects)
      values ('acme', 'evt_x', 'shared', 'written', 'web', 'signed-json', 's-1', 'd-1', 'eml_x', 'cnv_x', 'm@x', 'abc', '${topicIn("rawEvents", "shared")}', 3, 42,
              '${topicIn("normalizedEvents", "acme")}', 1, 7, '${topicIn("dlq", "shared")}', 0, 9, 5000, '[{"effect":"contact","key":"k","recordId":"77"}]'),
             ('globex', 'evt_y', 'shared', 'written', 'web', 'signed-json', 's-1', null, null, null, null, null, '${topicIn("rawEvents", "shared")}', 4, 42, null, null,
              null, null, null, null, 6000, '[]')`);
  });

  it.each<[IdLookup, string[]]>([
    [{ by: "event", id: "evt_x" }, ["evt_x"]],
    [{ by: "email", id: "eml_x" }, ["evt_x"]],
    [{ by: "conversation", id: "cnv_x" }, ["evt_x"]],
    [{ by: "message", id: "m@x" }, ["evt_x"]],
    [{ by: "sourceEvent", id: "s-1" }, ["evt_y", "evt_x"]],
    [{ by: "sourceDelivery", id: "d-1" }, ["evt_x"]],
    [{ by: "trace", id: "abc" }, ["evt_x"]],
    [{ by: "record", id: "77" }, ["evt_x"]],
    [{ by: "record", id: `77"}]` }, []],
    [{ by: "place", topic: topicIn("rawEvents", "shared"), partition: 3, offset: 42 }, ["evt_x"]],
    [{ by: "place", topic: topicIn("rawEvents", "shared"), partition: 4, offset: 42 }, ["evt_y"]],
    [{ by: "place", topic: topicIn("normalizedEvents", "acme"), partition: 1, offset: 7 }, ["evt_x"]],
    [{ by: "place", topic: topicIn("normalizedEvents", "shared"), partition: 1, offset: 7 }, []],
    [{ by: "place", topic: topicIn("dlq", "shared"), partition: 0, offset: 9 }, ["evt_x"]],
    [{ by: "place", topic: topicIn("outcomes", "shared"), partition: 0, offset: 9 }, []],
    [{ by: "event", id: "evt_%" }, []],
  ])("%j", async (lookup, events) => {
    expect((await ledger.search.byId([lookup], null)).map(({ eventId }) => eventId)).toEqual(events);
    expect(await ledger.search.byId([lookup], ["none"])).toEqual([]);
  });
});
