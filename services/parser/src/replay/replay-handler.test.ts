import { createMemoryBlobStore } from "@inlet/blob-store";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codec, rawRecord, smallParser } from "../../testing/small-parser.ts";
import { createReplayHandler } from "./replay-handler.ts";

/** The parser reads again what is written: what comes out as it was goes no further. */
const MIME = Buffer.from(
  "From: nora@customers.example\r\nTo: sales@acme.example\r\nMessage-ID: <one@customers.example>\r\n\r\nHello\r\n",
);

let parser: ReturnType<typeof smallParser>;
let ledger: ReturnType<typeof ledgerOn>;
let database: Awaited<ReturnType<typeof openMemoryDatabase>>;

beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  parser = smallParser(createMemoryBlobStore(), { ledger });
}, 60_000);
afterAll(async () => ledger.close());

async function replay(records: Awaited<ReturnType<typeof rawRecord>>[], signal = new AbortController().signal) {
  const results: string[] = [];
  const done = await createReplayHandler(parser.deps).handle(records, {
    signal,
    count: (index, result) => (results[index] = result),
  });
  return { done, results };
}

/** As the sink ends it, with the content that was parsed, or another. */
async function write(contentHash?: string): Promise<void> {
  const mapping = parser.deps.tenants.get("acme")?.mappingVersion ?? null;
  await database.query(
    "update deliveries set state = 'written', content_hash = coalesce($1, content_hash), mapping_version = $2, order_parsed_at = parsed_at",
    [contentHash ?? null, mapping],
  );
}

describe("a replay of the parser", () => {
  it("of an email that comes out as it was produces nothing and counts no start; what differs goes on to the sink", async () => {
    const record = await rawRecord(0, MIME);
    await parser.handle([record]);
    expect(parser.produced).toHaveLength(1);
    const event = await codec.decode("NormalizedEvent", parser.produced[0]?.value as Buffer);
    await write(event.contentHash);
    for (let again = 0; again < 5; again += 1)
      expect(await replay([record])).toEqual({ done: 1, results: ["unchanged"] });
    expect(parser.produced).toHaveLength(1);
    expect(await database.query("select state, starts from deliveries")).toEqual([{ state: "written", starts: 0 }]);

    await write("as an older parser read it");
    expect(await replay([record])).toEqual({ done: 1, results: ["changed"] });
    expect(parser.produced).toHaveLength(2);
  });

  it("that is to stop begins nothing", async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await replay([await rawRecord(1, MIME)], stop.signal)).toEqual({ done: 0, results: [] });
  });
});
