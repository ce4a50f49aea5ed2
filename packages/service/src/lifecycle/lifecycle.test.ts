import { createMemoryBlobStore } from "@inlet/blob-store";
import { DAY_MS, ledgerOn, openMemoryDatabase, type Database } from "@inlet/ledger/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { copyHeldRecords } from "./copy-held-records.ts";
import type { LifecycleDeps } from "./lifecycle-deps.ts";
import { runLifecycle } from "./run-lifecycle.ts";
import { sweepRetention } from "./sweep-retention.ts";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const GOING = new AbortController().signal;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const KEEPS = { deliveriesMs: 100 * DAY_MS, sentMessagesMs: 100 * DAY_MS, blobsMs: 60 * DAY_MS };

let database: Database;
let ledger: ReturnType<typeof ledgerOn>;
let deps: LifecycleDeps;
const blobs = createMemoryBlobStore();

beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  deps = {
    ledger,
    blobs,
    tenants: {
      all: () =>
        [
          { id: "acme", retention: KEEPS },
          { id: "patient", retention: { ...KEEPS, deliveriesMs: 3_000 * DAY_MS } },
        ] as never,
    },
    records: {
      read: async (at) =>
        at.map(
          (place) =>
            ({ ...place, timestamp: NOW, key: null, value: Buffer.from(`raw ${place.offset}`), headers: [] }) as never,
        ),
    },
    log,
    instance: "one",
    now: () => NOW,
  };
});
afterAll(async () => ledger.close());
beforeEach(async () => {
  for (const table of [
    "deliveries",
    "effects",
    "waiting",
    "sweeps",
    "blob_uses",
    "stored_blobs",
    "legal_holds",
    "conversations",
    "held_records",
    "journey",
  ])
    await database.query(`delete from ${table}`);
  await database.query(
    "insert into crm_accounts (tenant, kind, account, crm) values ('acme', 'http', 'a', 'http') on conflict do nothing",
  );
});

/** A delivery that ended, or stands, so many days ago, with all that hangs on it. */
async function keep(
  eventId: string,
  days: number,
  { tenant = "acme", state = "written", conversation = `cnv_${eventId}` } = {},
) {
  const at = NOW - days * DAY_MS;
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, source, source_kind, email_key, conversation_id, message_id, received_at, ended_at, raw_topic, raw_partition, raw_offset, effects)
     values ($1, $2, 'shared', $3, 's', 'k', 'eml_' || $2, $4, $2 || '@mail', $5, $5, 'raw-events', 0, 7, jsonb_build_array(jsonb_build_object('effect', 'file', 'key', 'eml_' || $2 || '/abc')))`,
    [tenant, eventId, state, conversation, at],
  );
  await database.query("insert into journey (tenant, event_id, service, what) values ($1, $2, 'parser', 'accepted')", [
    tenant,
    eventId,
  ]);
  await database.query(
    "insert into conversations (tenant, conversation_id, canonical_id) values ($1, $2, $2) on conflict do nothing",
    [tenant, conversation],
  );
  const effects = [
    ["activity", `eml_${eventId}`],
    ["file", `eml_${eventId}/abc`],
    ["deal", conversation],
    ["contact", "ada@x.example"],
  ];
  for (const [effect, key] of effects)
    await database.query(
      "insert into effects (tenant, crm, effect, key, state, record_id, event_id) values ($1, 'http', $2, $3, 'confirmed', 'r', $4) on conflict do nothing",
      [tenant, effect, key, eventId],
    );
}

const listEvents = async () =>
  (await database.query<{ event_id: string }>("select event_id from deliveries order by 1")).map((row) => row.event_id);
const listKeys = async () =>
  (await database.query<{ key: string }>("select effect || ' ' || key as key from effects order by 1")).map(
    ({ key }) => key,
  );

test("what ended too long ago goes with all that is its own; what is young, open, held or another tenant's stays", async () => {
  await keep("evt_old", 101);
  await keep("evt_young", 99);
  await keep("evt_held", 400);
  await keep("evt_patient", 400, { tenant: "patient" });
  for (const state of ["accepted", "parsed", "delivering", "waiting"]) await keep(`evt_${state}`, 400, { state });
  await ledger.lifecycle.addHold({ id: "h", tenant: "acme", eventId: "evt_held", actor: "ana", why: "litigation" });
  await sweepRetention(deps, GOING);
  expect(await listEvents()).toEqual([
    "evt_accepted",
    "evt_delivering",
    "evt_held",
    "evt_parsed",
    "evt_patient",
    "evt_waiting",
    "evt_young",
  ]);
  expect((await listKeys()).filter((key) => key.includes("old"))).toEqual([]);
  // The next email of that person is written to the same contact.
  expect(await listKeys()).toContain("contact ada@x.example");
  expect(await database.query("select 1 from journey where event_id = 'evt_old'")).toEqual([]);
  expect(await ledger.lifecycle.read("retention")).toMatchObject({
    holder: null,
    counts: { deliveries: 1, effects: 3, conversations: 1 },
  });
});

test("the deal of a conversation that goes on stays", async () => {
  await keep("evt_1", 200, { conversation: "cnv_long" });
  await keep("evt_2", 3, { conversation: "cnv_long" });
  await sweepRetention(deps, GOING);
  expect(await listEvents()).toEqual(["evt_2"]);
  expect(await listKeys()).toContain("deal cnv_long");
});

test("one instance sweeps at a time, a run that was cut off is gone on with, and one that ended rests", async () => {
  await keep("evt_1", 200);
  const other = { name: "retention", holder: "two" };
  expect(await ledger.lifecycle.take({ ...other, leaseMs: 60_000, everyMs: 60_000 })).not.toBeNull();
  await sweepRetention(deps, GOING);
  expect(await listEvents()).toEqual(["evt_1"]);
  await ledger.lifecycle.report(other, {
    place: { receivedAt: 0, eventId: "" },
    counts: { deliveries: 4 },
    next: "let go",
  });
  await sweepRetention(deps, GOING);
  expect(await ledger.lifecycle.read("retention")).toMatchObject({ counts: { deliveries: 5 } });
  await keep("evt_2", 200);
  await sweepRetention(deps, GOING);
  expect(await listEvents()).toEqual(["evt_2"]);
  await ledger.lifecycle.ask("retention");
  await sweepRetention(deps, GOING);
  expect(await listEvents()).toEqual([]);
});

test("bodies and attachments go before their rows do, by what the ledger knows; what a kept email needs stays", async () => {
  const day = NOW - 90 * DAY_MS;
  const shared = await blobs.put("acme", day, Buffer.from("logo"));
  const own = await blobs.put("acme", day, Buffer.from("contract"));
  const body = await blobs.put("acme", day, Buffer.from("body"));
  await keep("evt_1", 90);
  await keep("evt_2", 90, { state: "waiting" });
  await ledger.lifecycle.noteBlobUse({ tenant: "acme", eventId: "evt_1", key: shared.key, kind: "part" });
  await ledger.lifecycle.noteBlobUse({ tenant: "acme", eventId: "evt_2", key: shared.key, kind: "part" });
  await ledger.lifecycle.noteBlobUse({ tenant: "acme", eventId: "evt_1", key: own.key, kind: "part" });
  await ledger.lifecycle.noteBlobUse({ tenant: "acme", eventId: "evt_1", key: body.key, kind: "body" });
  await sweepRetention(deps, GOING);
  const poller = runLifecycle(deps);
  await expect.poll(() => blobs.keys(), { timeout: 20_000 }).toEqual([shared.key]);
  await poller.stop();
  expect(await listEvents()).toEqual(["evt_1", "evt_2"]);
});

test("the raw record of held mail is copied out of Kafka, once, and is needed by its email", async () => {
  await keep("evt_1", 3);
  await keep("evt_2", 3);
  await ledger.lifecycle.addHold({ id: "h", tenant: "acme", eventId: "evt_1", actor: "ana", why: "litigation" });
  await copyHeldRecords(deps, GOING);
  await copyHeldRecords(deps, GOING);
  const copies = await database.query<{ blob_key: string }>("select event_id, blob_key, blob_bytes from held_records");
  expect(copies).toMatchObject([{ event_id: "evt_1", blob_bytes: 5 }]);
  expect(blobs.keys()).toContain(copies[0]?.blob_key);
  expect(await database.query("select event_id, kind from blob_uses")).toEqual([{ event_id: "evt_1", kind: "copy" }]);
});
