import { expect, it } from "vitest";
import type { IncomingDelivery } from "./deliveries/accept.ts";
import { ledgerOn } from "./ledger.ts";
import { openMemoryDatabase } from "../testing/memory-database.ts";

it("N10: anyone who names another blob store is told once of those that were in use before", async () => {
  const ledger = ledgerOn(await openMemoryDatabase());
  const places = [
    "/a/.inlet-blob-store",
    "/a/.inlet-blob-store",
    "s3://b/.inlet-blob-store",
    "s3://b/.inlet-blob-store",
  ];
  const told = [];
  for (const place of places) told.push(await ledger.blobs.note(place));
  expect(told).toEqual([[], [], ["/a/.inlet-blob-store"], []]);
  await ledger.close();
}, 60_000);

it("L23: a place that was noted may hold blobs, another one not; where none was, emails say that there were some", async () => {
  const database = await openMemoryDatabase();
  const ledger = ledgerOn(database);
  expect(await ledger.blobs.mayHold("/a")).toBe(false);
  await ledger.deliveries.accept([ARRIVAL], 0);
  expect(await ledger.blobs.mayHold("/a")).toBe(true);
  await ledger.blobs.note("/a");
  expect([await ledger.blobs.mayHold("/a"), await ledger.blobs.mayHold("/b")]).toEqual([true, false]);
  await ledger.close();
}, 60_000);

const ARRIVAL: IncomingDelivery = {
  tenant: "acme",
  eventId: "evt_1",
  lane: "shared",
  source: "mime",
  sourceKind: "raw-mime",
  sourceDeliveryId: null,
  sourceEventId: null,
  topic: "raw-events",
  partition: 0,
  offset: 0n,
  pass: 0,
  receivedAt: 0,
  traceId: null,
};
