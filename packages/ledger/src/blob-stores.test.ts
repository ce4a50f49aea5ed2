import { expect, it } from "vitest";
import { ledgerOn } from "./ledger.ts";
import { openMemoryDatabase } from "../testing/memory-database.ts";

it("N10: whoever names another blob store is told once of those that were in use before", async () => {
  const ledger = ledgerOn(await openMemoryDatabase());
  const places = [
    "/a/.inlet-blob-store",
    "/a/.inlet-blob-store",
    "s3://b/.inlet-blob-store",
    "s3://b/.inlet-blob-store",
  ];
  const told = [];
  for (const place of places) told.push(await ledger.noteBlobStore(place));
  expect(told).toEqual([[], [], ["/a/.inlet-blob-store"], []]);
  await ledger.close();
}, 60_000);
