import { createMemoryBlobStore } from "@inlet/blob-store";
import { ledgerOn, openMemoryDatabase, withoutWriting } from "@inlet/ledger/testing";
import { expect, it } from "vitest";
import { codec, rawRecord, smallParser } from "../../testing/small-parser.ts";
import { previewParse } from "./preview-parse.ts";

const MIME = Buffer.from(
  "From: nora@customers.example\r\nTo: sales@acme.example\r\nMessage-ID: <one@customers.example>\r\n\r\nHello\r\n",
);

it("says what parsing anew would come to, and leaves the ledger as it was", async () => {
  const database = await openMemoryDatabase();
  const ledger = ledgerOn(database);
  const parser = smallParser(createMemoryBlobStore(), { ledger });
  const record = await rawRecord(0, MIME);
  await parser.handle([record]);
  const event = await codec.decode("NormalizedEvent", parser.produced[0]?.value as Buffer);
  const write = async (contentHash: string): Promise<void> => {
    const mapping = parser.deps.tenants.get("acme")?.mappingVersion;
    await database.query("update deliveries set state = 'written', content_hash = $1, mapping_version = $2", [
      contentHash,
      mapping,
    ]);
  };
  const preview = async () => {
    const before = await database.query("select * from deliveries", []);
    const dry = { ...parser.deps, ledger: ledgerOn(withoutWriting(database)) };
    const seen = await previewParse(dry, createMemoryBlobStore(), record);
    expect(await database.query("select * from deliveries", [])).toEqual(before);
    return seen;
  };
  await write(event.contentHash);
  expect(await preview()).toMatchObject({ kind: "ended", result: "unchanged", eventId: event.eventId });
  await write("as an older parser read it");
  const parsed = await preview();
  expect(parsed.kind).toBe("parsed");
  const record2 = parsed.kind === "parsed" ? await codec.decode("NormalizedEvent", parsed.record.value) : null;
  expect(record2).toMatchObject({ eventId: event.eventId, contentHash: event.contentHash });
  expect(parser.produced).toHaveLength(1);
  await database.query("update deliveries set state = 'dead_lettered', raw_offset = 0", []);
  expect(await preview()).toMatchObject({ kind: "ended", result: "skipped" });
  await ledger.close();
}, 60_000);
