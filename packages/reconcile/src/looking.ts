import type { Admin } from "@inlet/kafka";
import type { AccountRow, Accounts, RowKey } from "@inlet/ledger";
import { TOPICS, groupIn, topicIn } from "@inlet/schemas";
import { toPlace, type Backlog, type Positions } from "./delivery-guarantee.ts";

/** Rows or records that are looked at together. */
export const PAGE = 1_000;

/** A record may be a little younger than its row says: clocks differ, and a group of records shares one time. */
export const MARGIN_MS = 3_600_000;

/** What every part of a run looks with. */
export interface Looking {
  readonly accounts: Accounts;
  readonly admin: Admin;
  readonly lanes: readonly string[];
  /** Epoch ms. */
  readonly now: () => number;
  /** Waits before suspects are looked at again, ms. */
  readonly pauseMs: readonly number[];
  readonly onProgress: (line: string) => void;
  /** Where the logs and groups stand, at most a few seconds old unless `fresh`. */
  positions(fresh?: boolean): Promise<Positions>;
}

const KNOWN_MS = 3_000;

export function lookWith(
  deps: Omit<Looking, "positions" | "now" | "pauseMs"> & { now?: () => number; pauseMs?: readonly number[] },
): Looking {
  const now = deps.now ?? Date.now;
  let known: { readonly at: number; readonly positions: Positions } | null = null;
  return {
    ...deps,
    now,
    pauseMs: deps.pauseMs ?? [0, 500, 2_000],
    positions: async (fresh = false) => {
      if (!fresh && known !== null && performance.now() - known.at < KNOWN_MS) return known.positions;
      const at = performance.now();
      known = { at, positions: await readPositions(deps.admin, deps.lanes) };
      return known.positions;
    },
  };
}

/** Committed offsets first: a group never stands beyond the end that is asked for after it. */
async function readPositions(admin: Admin, lanes: readonly string[]): Promise<Positions> {
  const existing = new Set(await admin.topics());
  const found = new Map<string, Backlog>();
  for (const { topic, groupId } of getLaneTopics(lanes)) {
    if (!existing.has(topic)) continue;
    const committed = groupId === null ? null : await admin.committedOffsets(groupId, topic);
    for (const { partition, low, high } of await admin.topicOffsets(topic)) {
      const offset = committed?.get(partition);
      found.set(toPlace({ topic, partition }), {
        low: Number(low),
        high: Number(high),
        committed: offset === undefined ? null : Number(offset),
      });
    }
  }
  return found;
}

export interface LaneTopic {
  readonly kind: "rawEvents" | "normalizedEvents" | "dlq" | "outcomes";
  readonly topic: string;
  /** Who reads it; null where no service of Inlet does. */
  readonly groupId: string | null;
  readonly lane: string;
}

/** The topics of the lanes, each once. */
export function getLaneTopics(lanes: readonly string[]): LaneTopic[] {
  const all = lanes.flatMap((lane): LaneTopic[] => [
    { kind: "dlq", topic: topicIn("dlq", lane), groupId: null, lane },
    { kind: "rawEvents", topic: topicIn("rawEvents", lane), groupId: groupIn("parser", lane), lane },
    { kind: "normalizedEvents", topic: topicIn("normalizedEvents", lane), groupId: groupIn("crm-sink", lane), lane },
    { kind: "outcomes", topic: topicIn("outcomes", lane), groupId: null, lane },
  ]);
  return [...new Map(all.map((each) => [each.topic, each])).values()];
}

/** Whether a record of that time cannot have been deleted by its topic's retention yet. */
export function isYoung(kind: LaneTopic["kind"], at: number | null, now: number): boolean {
  return at !== null && at > now - TOPICS[kind].retentionMs + MARGIN_MS;
}

/**
 * The rows that still are suspects after they were looked at again, a few times, with a pause between: on a running system a row may move on
 * between two looks, and each move is durable before the next.
 */
export async function lookAgain(
  looking: Looking,
  suspects: readonly RowKey[],
  isSuspect: (row: AccountRow, positions: Positions) => boolean,
): Promise<AccountRow[]> {
  let left: AccountRow[] = [];
  let keys = suspects;
  for (const pause of looking.pauseMs) {
    if (keys.length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, pause));
    const rows = await looking.accounts.findRows(keys);
    const positions = await looking.positions(true);
    left = rows.filter((row) => isSuspect(row, positions));
    keys = left;
  }
  return left;
}
