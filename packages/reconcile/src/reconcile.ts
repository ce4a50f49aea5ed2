import type { BlobStore } from "@inlet/blob-store";
import type { Codec } from "@inlet/event-codec";
import type { Admin } from "@inlet/kafka";
import { FIRST_KEY, type Accounts, type RowKey } from "@inlet/ledger";
import { SHARED_LANE, topicIn } from "@inlet/schemas";
import { checkBlobs } from "./blobs.ts";
import { checkRows } from "./check-rows.ts";
import { createFindings, type Findings } from "./findings.ts";
import type { GuaranteeReport } from "./delivery-guarantee.ts";
import { lookWith, getLaneTopics, type Looking } from "./looking.ts";
import { checkLogs, checkReaders, getPartitions, unreadIn } from "./logs.ts";
import { checkJourney, checkOpenRows, checkWaitingRows } from "./open-rows.ts";
import { outcomeRounds, readOutcomes, readTopics } from "./read-topics.ts";

export interface ReconcileOptions {
  readonly lanes: readonly string[];
  /** Reads the topics too, with these; null leaves that out. */
  readonly deep: { readonly codec: Codec; readonly blobs: BlobStore } | null;
  readonly onProgress: (line: string) => void;
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Waits before suspects are looked at again, ms. */
  readonly pauseMs?: readonly number[];
}

const COUNT_PAGE = 20_000;

/**
 * Whether every accepted email is accounted for, now, on a running system (docs/concepts/delivery-guarantees.md). Suspects are looked at again before they
 * count, since mail moves on while it is counted; memory does not grow with the number of emails but by a bit a record (`deep`: and 8
 * bytes an outcome, in rounds of four million).
 */
export async function reconcile(accounts: Accounts, admin: Admin, options: ReconcileOptions): Promise<GuaranteeReport> {
  const { lanes, deep, onProgress, ...clock } = options;
  const looking = lookWith({ accounts, admin, lanes, onProgress, ...clock });
  const findings = createFindings();
  await checkLogs(looking, findings);
  const openRows = await checkOpenRows(looking, findings);
  const waitingRows = await checkWaitingRows(looking, findings);
  await checkJourney(looking, findings);
  await checkReaders(looking, findings);
  const checked = deep === null ? {} : await lookDeep(looking, findings, deep);
  return report(looking, findings, deep !== null, { openRows, waitingRows, ...checked });
}

async function lookDeep(
  looking: Looking,
  findings: Findings,
  deep: { readonly codec: Codec; readonly blobs: BlobStore },
): Promise<Record<string, number>> {
  const blobs = checkBlobs(findings, deep);
  const topics = await readTopics(looking, findings, blobs);
  const topic = topicIn("outcomes", SHARED_LANE);
  const rounds = outcomeRounds(await looking.positions(), topic);
  let outcomes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { read, records } = await readOutcomes(looking, findings, topic, { round, rounds });
    outcomes = records;
    await checkRows(looking, findings, round === 0 ? topics : null, { topic, read, round, rounds });
  }
  return { ...topics.checked, [topic]: outcomes, blobs: blobs.seen() };
}

async function report(
  looking: Looking,
  findings: Findings,
  deep: boolean,
  checked: Record<string, number>,
): Promise<GuaranteeReport> {
  const counts: Record<string, number> = {};
  for (let after: RowKey | null = FIRST_KEY; after !== null;) {
    const page: Awaited<ReturnType<Accounts["countAfter"]>> = await looking.accounts.countAfter(after, COUNT_PAGE);
    for (const [state, n] of Object.entries(page.states)) counts[state] = (counts[state] ?? 0) + n;
    after = page.last;
  }
  const of = (...states: string[]): number => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const positions = await looking.positions(true);
  const unread = getLaneTopics(looking.lanes)
    .filter(({ kind }) => kind === "rawEvents")
    .flatMap(({ topic }) => getPartitions(positions, topic))
    .reduce((sum, each) => sum + unreadIn(each), 0);
  const rows = of(...Object.keys(counts));
  return {
    accepted: rows,
    written: of("written"),
    suppressed: of("suppressed"),
    deadLettered: of("dead_lettered", "discarded"),
    discarded: of("discarded"),
    inFlight: of("accepted", "parsed", "delivering", "waiting"),
    unread,
    lost: findings.lost,
    faults: findings.faults,
    notListed: findings.notListed(),
    notes: findings.notes,
    holds: !findings.any(),
    deep,
    checked: { rows, ...checked, partitions: positions.size },
  };
}
