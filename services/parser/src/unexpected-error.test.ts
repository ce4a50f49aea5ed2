import { createMemoryBlobStore } from "@inlet/blob-store";
import { RETRY_TABLE } from "@inlet/domain";
import type { RecordReader } from "@inlet/kafka";
import { age, ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { expect, it } from "vitest";
import { rawRecord, smallParser } from "../testing/small-parser.ts";
import { releaseWaiting } from "./intake/release-waiting.ts";

const MIME = Buffer.from(
  "From: ada@corp.example\r\nTo: sales@acme.example\r\nMessage-ID: <a@corp.example>\r\n\r\nHello\r\n",
);

// It was a dead letter at once, though a deployment an hour later would have parsed it.
it.each([
  ["once: it is parsed at its next try", 1, { state: "parsed", reason: null }],
  [
    "each time: it is a dead letter after its tries, which a fetch's have not used up",
    99,
    { state: "dead_lettered", reason: "internal_error" },
  ],
] as const)(
  "an error of our own code while parsing, %s",
  async (_, times, expected) => {
    const database = await openMemoryDatabase();
    const ledger = ledgerOn(database);
    let thrown = 0;
    const { deps, handle, produced } = smallParser(createMemoryBlobStore(), { ledger, instance: "parser-1" });
    const { pool } = deps;
    const parse = async (job: Parameters<typeof pool.parse>[0]) => {
      if ((thrown += 1) <= times) throw new TypeError("planted");
      return pool.parse(job);
    };
    Object.assign(deps, { pool: { parse } });
    const record = await rawRecord(0, MIME);
    expect(await handle([record])).toEqual({ processedThrough: 0n });
    expect(await database.query("select stage, kind, code, attempts from waiting", [])).toEqual([
      { stage: "parse", kind: "retry", code: "unexpected_error", attempts: { unexpected: 1 } },
    ]);
    expect(produced).toEqual([]);
    await database.query(`update waiting set attempts = attempts || '{"fetch": 5}'`, []);

    const poller = releaseWaiting(deps, { read: async () => [record] } as unknown as RecordReader, ["shared"]);
    for (const delay of RETRY_TABLE.unexpected) {
      await age(database, delay * 2);
      await expect
        .poll(async () => database.query("select 1 from waiting where due_at <= clock_timestamp()", []), {
          timeout: 20_000,
        })
        .toEqual([]);
    }
    await expect
      .poll(async () => database.query("select state, reason from deliveries", []), { timeout: 20_000 })
      .toEqual([expected]);
    await poller.stop();
    expect(thrown).toBe(times === 1 ? 2 : RETRY_TABLE.unexpected.length + 1);
    await ledger.close();
  },
  90_000,
);
