import { createMemoryBlobStore } from "@inlet/blob-store";
import { HashedSet, OffsetSet, PAGE, hashKey, reconcile } from "@inlet/reconcile";
import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import type { Accounts } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { topicIn } from "@inlet/schemas";
import { expect, test } from "vitest";

test("no question is answered by more than a page, and no list grows with the losses (L32)", async () => {
  const database = await openMemoryDatabase();
  const rows = 5_500;
  // All of them lost: no waiting row, no record.
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, source, source_kind, raw_topic, raw_partition, raw_offset, received_at, accepted_at)
     select 'acme', 'evt_' || n, 'shared', case when n % 2 = 0 then 'waiting' else 'accepted' end, 's', 'signed-json', $1, 0, n,
            $3, 1 from generate_series(1, $2::int) n`,
    [topicIn("rawEvents", "shared"), rows, Date.now()],
  );
  const { accounts } = ledgerOn(database).inspect;
  const sizes: number[] = [];
  const watched = Object.fromEntries(
    Object.entries(accounts).map(([name, ask]) => [
      name,
      async (...asked: unknown[]) => {
        const answer: unknown = await (ask as (...asked: unknown[]) => Promise<unknown>)(...asked);
        if (Array.isArray(answer) && name !== "knownGaps") sizes.push(answer.length);
        return answer;
      },
    ]),
  ) as Accounts;
  const codec = createCodec({ registry: createLocalSchemaIds() });
  const report = await reconcile(watched, await createInMemoryKafka().admin(), {
    lanes: ["shared"],
    deep: { codec, blobs: createMemoryBlobStore() },
    onProgress: () => {},
    pauseMs: [0],
  });
  expect(report).toMatchObject({ accepted: rows, inFlight: rows, holds: false });
  expect(report.lost).toHaveLength(1_000);
  expect(report.lost.length + report.notListed).toBeGreaterThanOrEqual(rows);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(10 * PAGE);
  expect(sizes.filter((size) => size === PAGE).length).toBeGreaterThan(8);
  await database.close();
}, 120_000);

test("a set of offsets knows what is missing, also far from its beginning", () => {
  const set = new OffsetSet(1_000_000_000_000);
  for (const offset of [0, 1, 2, 5, 6, 99_999]) set.add(1_000_000_000_000 + offset);
  expect(set.has(1_000_000_000_005)).toBe(true);
  expect(set.has(999_999_999_999)).toBe(false);
  expect([...set.missing(1_000_000_000_000, 1_000_000_000_010)]).toEqual([
    { from: 1_000_000_000_003, to: 1_000_000_000_005 },
    { from: 1_000_000_000_007, to: 1_000_000_000_010 },
  ]);
});

test("a set of hashes has what was added, and nothing else", () => {
  const set = new HashedSet();
  for (let n = 0; n < 5_000; n += 1) set.add(hashKey(`key ${n}`));
  expect(Array.from({ length: 5_000 }, (_, n) => set.has(hashKey(`key ${n}`))).every(Boolean)).toBe(true);
  expect(set.has(hashKey("key 5000"))).toBe(false);
});
