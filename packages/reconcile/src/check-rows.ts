import { FIRST_KEY, type AccountRow, type RowKey } from "@inlet/ledger";
import { eventKey } from "@inlet/schemas";
import type { Findings } from "./findings.ts";
import { hashKey } from "./hashed-set.ts";
import { isUnread, getNextRecord, toPlace, type At, type Positions } from "./delivery-guarantee.ts";
import { PAGE, isYoung, lookAgain, type LaneTopic, type Looking } from "./looking.ts";
import {
  coordinatesIn,
  ownerIn,
  outcomeKey,
  getReplayNumber,
  type OutcomesRead,
  type TopicsRead,
} from "./read-topics.ts";

type Kind = Exclude<LaneTopic["kind"], "outcomes">;
interface Suspect extends RowKey {
  readonly kind: Kind;
  readonly at: At;
}

const KINDS: readonly Kind[] = ["rawEvents", "normalizedEvents", "dlq"];
const ENDED = new Set(["written", "suppressed", "dead_lettered"]);
/** Suspects that are kept before they are looked at again. */
const MOST_SUSPECTS = 10_000;

/** Holds every row against what was read of the topics: the records that it names, and what `outcomes` tells of its end. Answers how many rows. */
export async function checkRows(
  looking: Looking,
  findings: Findings,
  topics: TopicsRead | null,
  outcomes: { readonly topic: string; readonly read: OutcomesRead; readonly round: number; readonly rounds: number },
): Promise<number> {
  let seen = 0;
  let suspects: Suspect[] = [];
  let untold: AccountRow[] = [];
  const settle = async (): Promise<void> => {
    await settleRecords(looking, findings, suspects);
    await settleOutcomes(looking, findings, outcomes, untold);
    suspects = [];
    untold = [];
  };
  for (let after: RowKey | undefined = FIRST_KEY; after !== undefined;) {
    const page: AccountRow[] = await looking.accounts.rowsAfter(after, PAGE);
    after = page.length < PAGE ? undefined : page.at(-1);
    seen += page.length;
    if (seen % 100_000 === 0) looking.onProgress(`${seen} rows held against the topics`);
    const now = looking.now();
    if (topics !== null) {
      const positions = await looking.positions();
      for (const row of page)
        for (const kind of KINDS) if (isSuspect(row, kind, topics, positions, now)) suspects.push(toSuspect(row, kind));
    }
    untold.push(
      ...page.filter((row) => mustBeTold(row, now) && isInRound(row, outcomes) && !outcomes.read.has(toKey(row))),
    );
    if (suspects.length + untold.length >= MOST_SUSPECTS) await settle();
  }
  await settle();
  return seen;
}

const toKey = (row: AccountRow): string => outcomeKey(row.tenant, row.eventId, row.pass);

function isInRound(row: AccountRow, { round, rounds }: { round: number; rounds: number }): boolean {
  return rounds === 1 || hashKey(toKey(row)) % rounds === round;
}

function mustBeTold(row: AccountRow, now: number): boolean {
  return ENDED.has(row.state) && isYoung("outcomes", row.endedAt, now);
}

function toSuspect(row: AccountRow, kind: Kind): Suspect {
  return { tenant: row.tenant, eventId: row.eventId, kind, at: coordinatesIn(row, kind) as At };
}

/** Since when a record of this kind must be there. */
function since(row: AccountRow, kind: Kind): number | null {
  if (kind === "rawEvents") return row.receivedAt;
  return kind === "normalizedEvents" ? row.parsedAt : row.endedAt;
}

function isSuspect(row: AccountRow, kind: Kind, topics: TopicsRead, positions: Positions, now: number): boolean {
  const at = coordinatesIn(row, kind);
  if (at === null || (kind === "dlq" && row.state !== "dead_lettered")) return false;
  if (!isYoung(kind, since(row, kind), now)) return false;
  const read = topics.partitions.get(toPlace(at));
  if (read !== undefined && at.offset >= read.low && at.offset < read.high) return !read.matched.has(at.offset);
  // Newer than what was read: the next run looks at it. Beyond the end of the log: it is another log.
  const log = positions.get(toPlace(at));
  return log === undefined || at.offset < log.low || at.offset >= log.high;
}

/** Suspects whose row still says the same and whose record is not there, or is another's: both looked up again. */
async function settleRecords(looking: Looking, findings: Findings, suspects: readonly Suspect[]): Promise<void> {
  for (const kind of KINDS) {
    const mine = new Map(
      suspects.filter((each) => each.kind === kind).map((each) => [`${each.tenant}/${each.eventId}`, each]),
    );
    const same = (row: AccountRow): boolean => {
      const at = coordinatesIn(row, kind);
      const suspect = mine.get(`${row.tenant}/${row.eventId}`)?.at;
      if (at === null || suspect === undefined || (kind === "dlq" && row.state !== "dead_lettered")) return false;
      return toPlace(at) === toPlace(suspect) && at.offset === suspect.offset;
    };
    const rows = await lookAgain(looking, [...mine.values()], same);
    const positions = await looking.positions(true);
    const missing = await recordsMissing(looking, kind, rows, positions);
    for (const row of missing) {
      const at = coordinatesIn(row, kind) as At;
      const where = `${toPlace(at)}/${at.offset}`;
      const next = getNextRecord(row);
      const needed = next !== null && toPlace(next) === toPlace(at) && next.offset === at.offset && !row.hasWaitingRow;
      if (needed && (isUnread(at, positions.get(toPlace(at))) || !row.hasLiveLease))
        findings.lose({
          tenant: row.tenant,
          eventId: row.eventId,
          state: row.state,
          why: `its record ${where} is gone`,
        });
      else
        findings.fault(`${row.tenant}/${row.eventId}: ${WHAT[kind]} ${where} is gone before its retention has passed`);
    }
  }
}

const WHAT: Record<Kind, string> = {
  rawEvents: "its raw event",
  normalizedEvents: "its normalized record",
  dlq: "its dead letter",
};

/** Of these rows those whose record is not at its place; what lies in the log is read again, from the first of them on. */
async function recordsMissing(
  looking: Looking,
  kind: Kind,
  rows: readonly AccountRow[],
  positions: Positions,
): Promise<AccountRow[]> {
  const left = new Map(rows.map((row) => [`${row.tenant}/${row.eventId}`, row]));
  const byTopic = Map.groupBy(
    rows.filter((row) => {
      const at = coordinatesIn(row, kind) as At;
      const log = positions.get(toPlace(at));
      return log !== undefined && at.offset >= log.low && at.offset < log.high;
    }),
    (row) => (coordinatesIn(row, kind) as At).topic,
  );
  for (const [topic, mine] of byTopic) {
    const from = new Map<number, bigint>();
    for (const [place, { high }] of positions)
      if (place.slice(0, place.lastIndexOf("/")) === topic)
        from.set(Number(place.slice(place.lastIndexOf("/") + 1)), BigInt(high));
    for (const row of mine) {
      const { partition, offset } = coordinatesIn(row, kind) as At;
      const first = from.get(partition);
      if (first === undefined || BigInt(offset) < first) from.set(partition, BigInt(offset));
    }
    for await (const record of looking.admin.readAll(topic, from)) {
      const { tenant, eventId } = ownerIn(kind, record);
      const row = left.get(`${tenant}/${eventId}`);
      const at = row === undefined ? null : coordinatesIn(row, kind);
      if (at !== null && toPlace(at) === toPlace(record) && at.offset === Number(record.offset))
        left.delete(`${tenant}/${eventId}`);
    }
  }
  return [...left.values()];
}

/** Ended rows that neither the outbox nor `outcomes` tells of. The outbox first: what has left it is on the topic. */
async function settleOutcomes(
  looking: Looking,
  findings: Findings,
  { topic, read }: { readonly topic: string; readonly read: OutcomesRead },
  untold: readonly AccountRow[],
): Promise<void> {
  if (untold.length === 0) return;
  const passes = new Map(untold.map((row) => [`${row.tenant}/${row.eventId}`, row.pass]));
  const ended = await lookAgain(
    looking,
    untold,
    (row) => ENDED.has(row.state) && passes.get(`${row.tenant}/${row.eventId}`) === row.pass,
  );
  const waiting = await looking.accounts.outboxKeys(ended.map(({ tenant, eventId }) => eventKey(tenant, eventId)));
  const left = new Map(
    ended.filter(({ tenant, eventId }) => !waiting.has(eventKey(tenant, eventId))).map((row) => [toKey(row), row]),
  );
  if (left.size === 0) return;
  for await (const record of looking.admin.readAll(topic, read.ends)) {
    const { tenant, eventId } = ownerIn("outcomes", record);
    left.delete(outcomeKey(tenant, eventId, getReplayNumber(record)));
  }
  for (const { tenant, eventId, state } of left.values())
    findings.fault(`${tenant}/${eventId}: it ended as ${state}, but neither ${topic} nor the outbox tells of it`);
}
