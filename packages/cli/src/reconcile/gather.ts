import type { Admin } from "@inlet/kafka";
import type { Ledger, OpenDelivery } from "@inlet/ledger";
import { groupIn, topicIn, TOPICS } from "@inlet/schemas";
import { deepFaults } from "./deep.ts";
import { evidenceOf, type Backlog, type LawReport, type Lost } from "./law.ts";

/**
 * Holds the ledger against Kafka. The order matters on a running system: rows first, then offsets, then the rows that look lost once more.
 * A row that moved on meanwhile is not lost, since every move is durable before its offset is committed.
 */
export async function reconcile(
  ledger: Ledger,
  admin: Admin,
  options: {
    readonly lanes: readonly string[];
    readonly deep: boolean;
    readonly now: number;
    readonly onProgress: (line: string) => void;
  },
): Promise<LawReport> {
  const open = await ledger.openDeliveries();
  const backlog = await backlogs(admin, options.lanes);
  const suspects = open.filter((row) => evidenceOf(row, backlog) === null);
  const again = new Map((suspects.length === 0 ? [] : await ledger.openDeliveries()).map((row) => [keyOf(row), row]));
  const lost: Lost[] = [];
  for (const suspect of suspects) {
    const now = again.get(keyOf(suspect));
    if (now === undefined || now.pass !== suspect.pass || evidenceOf(now, backlog) !== null) continue;
    lost.push({ tenant: now.tenant, eventId: now.eventId, state: now.state, why: whyLost(now) });
  }
  for (const { tenant, eventId } of await ledger.orphans()) {
    lost.push({ tenant, eventId, state: "no row", why: "the ledger tells of it, but its delivery row is gone" });
  }
  const faults = (await ledger.strayWaiting()).map(
    ({ tenant, eventId }) => `${tenant}/${eventId}: a waiting row whose delivery does not wait`,
  );
  faults.push(...(await missingDeadLetters(ledger, admin, options)));
  const deep = options.deep
    ? await deepFaults(ledger, admin, { lanes: options.lanes, backlog, onProgress: options.onProgress })
    : null;
  lost.push(...(deep?.lost ?? []));
  faults.push(...(deep?.faults ?? []));

  const counts = await ledger.countByState();
  const of = (...states: string[]): number => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const rows = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const rawTopics = new Set(options.lanes.map((lane) => topicIn("rawEvents", lane)));
  const unread = [...backlog]
    .filter(([key]) => rawTopics.has(key.slice(0, key.lastIndexOf("/"))))
    .reduce((sum, [, { high, low, committed }]) => sum + high - Math.max(committed ?? low, low), 0);
  return {
    accepted: rows,
    written: of("written"),
    suppressed: of("suppressed"),
    deadLettered: of("dead_lettered"),
    inFlight: of("accepted", "parsed", "delivering", "waiting"),
    unread,
    lost,
    faults,
    holds: lost.length === 0 && faults.length === 0,
    deep: options.deep,
    checked: { rows, openRows: open.length, partitions: backlog.size, ...deep?.checked },
  };
}

function keyOf(row: { tenant: string; eventId: string }): string {
  return `${row.tenant}/${row.eventId}`;
}

function whyLost(row: OpenDelivery): string {
  if (row.state === "waiting") return "it waits, but its waiting row is gone";
  const at = row.state === "accepted" ? row.raw : row.normalized;
  if (at === null) return "no record of it is known";
  return `its record ${at.topic}/${at.partition}/${at.offset} is read (or gone), it does not wait and nobody holds a lease`;
}

async function backlogs(admin: Admin, lanes: readonly string[]): Promise<Map<string, Backlog>> {
  const found = new Map<string, Backlog>();
  for (const lane of lanes) {
    for (const [topic, service] of [
      [topicIn("rawEvents", lane), "parser"],
      [topicIn("normalizedEvents", lane), "crm-sink"],
    ] as const) {
      const committed = await admin.committedOffsets(groupIn(service, lane), topic);
      for (const { partition, low, high } of await admin.topicOffsets(topic)) {
        const offset = committed.get(partition);
        found.set(`${topic}/${partition}`, {
          low: Number(low),
          high: Number(high),
          committed: offset === undefined ? null : Number(offset),
        });
      }
    }
  }
  return found;
}

/** Dead-lettered rows whose dead letter is no longer in the dlq although its retention has not passed. */
async function missingDeadLetters(
  ledger: Ledger,
  admin: Admin,
  options: { readonly lanes: readonly string[]; readonly now: number },
): Promise<string[]> {
  const low = new Map<string, number>();
  for (const lane of options.lanes) {
    const topic = topicIn("dlq", lane);
    for (const each of await admin.topicOffsets(topic)) low.set(`${topic}/${each.partition}`, Number(each.low));
  }
  const rows = await ledger.deadLetters({ limit: 100_000 });
  return rows
    .filter((row) => options.now - (row.endedAt ?? 0) < TOPICS.dlq.retentionMs)
    .filter(
      (row) =>
        row.deadLetter === null ||
        row.deadLetter.offset < (low.get(`${row.deadLetter.topic}/${row.deadLetter.partition}`) ?? 0),
    )
    .map((row) => `${row.tenant}/${row.eventId}: dead-lettered, but its dead letter is not in the dlq any more`);
}
