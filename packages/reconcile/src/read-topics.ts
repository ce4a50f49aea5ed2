import { findOwner, findDeadLetterOwner, unknownOwner, type RecordOwner } from "@inlet/event-codec";
import { headerText, type KafkaRecord } from "@inlet/kafka";
import type { AccountRow } from "@inlet/ledger";
import { HEADER } from "@inlet/schemas";
import type { BlobCheck } from "./blobs.ts";
import type { Findings } from "./findings.ts";
import { HashedSet, hashKey } from "./hashed-set.ts";
import { toPlace, type Positions } from "./delivery-guarantee.ts";
import { PAGE, getLaneTopics, type LaneTopic, type Looking } from "./looking.ts";
import { OffsetSet } from "./offset-set.ts";

/** What was read of one partition. */
export interface PartitionRead {
  readonly low: number;
  /** Read up to here. */
  readonly high: number;
  readonly present: OffsetSet;
  /** Offsets whose record belongs to the row that names them. */
  readonly matched: OffsetSet;
}

export interface TopicsRead {
  /** By `topic/partition`, but for `outcomes`. */
  readonly partitions: ReadonlyMap<string, PartitionRead>;
  readonly checked: Record<string, number>;
}

interface Told {
  readonly tenant: string;
  readonly eventId: string;
  readonly record: KafkaRecord;
}

/**
 * Reads raw-events, normalized-events and the dlq of the lanes: every record that its group has read must have a row. Remembers which offsets
 * there are, a bit each, so that the rows can be held against them.
 */
export async function readTopics(looking: Looking, findings: Findings, blobs: BlobCheck): Promise<TopicsRead> {
  const cut = await looking.positions(true);
  const partitions = new Map<string, PartitionRead>();
  const checked: Record<string, number> = {};
  for (const of of getLaneTopics(looking.lanes)) {
    if (of.kind === "outcomes") continue;
    const ranges = [...cut].filter(([place]) => place.slice(0, place.lastIndexOf("/")) === of.topic);
    if (ranges.length === 0) continue;
    for (const [place, { low, high }] of ranges)
      partitions.set(place, { low, high, present: new OffsetSet(low), matched: new OffsetSet(low) });
    checked[of.topic] = 0;
    let page: Told[] = [];
    const check = async (): Promise<void> => {
      await checkPage(looking, findings, { of, cut, page, partitions });
      await blobs.check(of.kind, page);
      page = [];
    };
    for await (const record of looking.admin.readAll(of.topic)) {
      const count = (checked[of.topic] = (checked[of.topic] ?? 0) + 1);
      if (count % 50_000 === 0) looking.onProgress(`${of.topic}: ${count} records read`);
      const offset = Number(record.offset);
      const read = partitions.get(toPlace(record));
      // What came after the cut is looked at by the next run.
      if (read === undefined || offset >= read.high) continue;
      read.present.add(offset);
      page.push({ ...ownerIn(of.kind, record), record });
      if (page.length >= PAGE) await check();
    }
    await check();
    if (of.kind === "rawEvents") await checkUnreadHoles(looking, findings, of, cut, partitions);
  }
  return { partitions, checked };
}

/** Whose row a record of that kind of topic is. */
export function ownerIn(kind: LaneTopic["kind"], record: KafkaRecord): RecordOwner {
  switch (kind) {
    case "rawEvents":
      return findOwner("RawEvent", record);
    case "normalizedEvents":
      return findOwner("NormalizedEvent", record);
    case "dlq":
      return findDeadLetterOwner(record);
    case "outcomes":
      return {
        tenant: headerText(record.headers, HEADER.tenant) ?? "",
        eventId: headerText(record.headers, HEADER.eventId) ?? "",
      };
  }
}

async function checkPage(
  looking: Looking,
  findings: Findings,
  {
    of,
    cut,
    page,
    partitions,
  }: {
    readonly of: LaneTopic;
    readonly cut: Positions;
    readonly page: readonly Told[];
    readonly partitions: ReadonlyMap<string, PartitionRead>;
  },
): Promise<void> {
  const rows = new Map((await looking.accounts.findRows(page)).map((row) => [`${row.tenant}/${row.eventId}`, row]));
  const without: Told[] = [];
  for (const told of page) {
    const { tenant, eventId, record } = told;
    const offset = Number(record.offset);
    const place = toPlace(record);
    const row = rows.get(`${tenant}/${eventId}`);
    const position = cut.get(place);
    if (row !== undefined) {
      const named = coordinatesIn(row, of.kind);
      if (named !== null && toPlace(named) === place && named.offset === offset)
        partitions.get(place)?.matched.add(offset);
    } else if (of.kind === "dlq" || position === undefined || offset < (position.committed ?? position.low))
      without.push(told);
  }
  // What could not be kept under its own ids has a row that is found by where the record lies.
  const unowned = without.map(({ record }) => unknownOwner(record));
  const found = new Set((await looking.accounts.findRows(unowned)).map(({ eventId }) => eventId));
  for (const { tenant, eventId, record } of without) {
    if (found.has(unknownOwner(record).eventId)) continue;
    const why = `its record ${toPlace(record)}/${record.offset} is there, but the ledger has no row of it`;
    findings.lose({ tenant, eventId, state: "no row", why });
  }
}

/** Where the row says that its record of this kind of topic is. */
export function coordinatesIn(row: AccountRow, kind: LaneTopic["kind"]): AccountRow["raw"] {
  if (kind === "rawEvents") return row.raw;
  if (kind === "normalizedEvents") return row.normalized;
  return kind === "dlq" ? row.deadLetter : null;
}

/** The log of raw-events has no holes of its own: one among what the parser has still to read is an email without a row. */
async function checkUnreadHoles(
  looking: Looking,
  findings: Findings,
  { topic }: LaneTopic,
  cut: Positions,
  partitions: ReadonlyMap<string, PartitionRead>,
): Promise<void> {
  const now = await looking.positions(true);
  for (const [place, { low, high, present }] of partitions) {
    if (place.slice(0, place.lastIndexOf("/")) !== topic) continue;
    // What retention deleted while it was read is not a hole.
    const from = Math.max(low, cut.get(place)?.committed ?? low, now.get(place)?.low ?? low);
    for (const hole of present.missing(from, high))
      findings.lose({
        tenant: "unknown",
        eventId: `${place}/${hole.from}-${hole.to - 1}`,
        state: "deleted_unread",
        why: `${hole.to - hole.from} records were deleted before the parser read them`,
      });
  }
}

/** Emails whose outcomes are held in memory at a time, 8 bytes each; of more, the topic is read several times. */
const MOST_HASHES = 4_000_000;

export interface OutcomesRead {
  /** Where the reading ended, by partition. */
  readonly ends: ReadonlyMap<number, bigint>;
  has(key: string): boolean;
}

/** How often `outcomes` must be read so that memory stays bounded. */
export function outcomeRounds(cut: Positions, topic: string): number {
  const records = [...cut].reduce(
    (sum, [place, { low, high }]) => sum + (place.slice(0, place.lastIndexOf("/")) === topic ? high - low : 0),
    0,
  );
  return Math.max(1, Math.ceil(records / MOST_HASHES));
}

/** Reads `outcomes`: which emails it tells of, in which pass, of the round's share of the keys. */
export async function readOutcomes(
  looking: Looking,
  findings: Findings,
  topic: string,
  { round, rounds }: { readonly round: number; readonly rounds: number },
): Promise<{ readonly read: OutcomesRead; readonly records: number }> {
  const set = new HashedSet();
  const ends = new Map<number, bigint>();
  let records = 0;
  let page: Told[] = [];
  const check = async (): Promise<void> => {
    const rows = new Set((await looking.accounts.findRows(page)).map((row) => `${row.tenant}/${row.eventId}`));
    for (const { tenant, eventId, record } of page)
      if (!rows.has(`${tenant}/${eventId}`) && headerText(record.headers, HEADER.tenant) !== undefined)
        findings.lose({
          tenant,
          eventId,
          state: "no row",
          why: `${toPlace(record)}/${record.offset} tells of it, but the ledger has no row of it`,
        });
    page = [];
  };
  for await (const record of looking.admin.readAll(topic)) {
    records += 1;
    ends.set(record.partition, record.offset + 1n);
    const { tenant, eventId } = ownerIn("outcomes", record);
    const hash = hashKey(outcomeKey(tenant, eventId, getReplayNumber(record)));
    if (hash % rounds === round) set.add(hash);
    if (round > 0) continue;
    page.push({ tenant, eventId, record });
    if (page.length >= PAGE) await check();
  }
  await check();
  return { read: { ends, has: (key) => set.has(hashKey(key)) }, records };
}

export function outcomeKey(tenant: string, eventId: string, pass: number): string {
  return `${tenant}/${eventId}#${pass}`;
}

export function getReplayNumber(record: KafkaRecord): number {
  return Number(headerText(record.headers, HEADER.pass) ?? 0);
}
