import type { BlobStore } from "@inlet/blob-store";
import type { Codec } from "@inlet/event-codec";
import type { Admin } from "@inlet/kafka";
import { FIRST_COUNT, type Accounts, type CountPlace } from "@inlet/ledger";
import { SHARED_LANE, topicIn } from "@inlet/schemas";
import { addCount, NOTHING, type TenantCount } from "./tenant-counts.ts";
import { checkBlobs } from "./blobs.ts";
import { checkRows } from "./check-rows.ts";
import { createFindings, type Findings } from "./findings.ts";
import type { GuaranteeReport, Lost } from "./delivery-guarantee.ts";
import { lookWith, getLaneTopics, type Looking } from "./looking.ts";
import { checkLogs, checkReaders, getPartitions, unreadIn } from "./logs.ts";
import { checkJourney, checkOpenRows, checkWaitingRows } from "./open-rows.ts";
import { outcomeRounds, readOutcomes, readTopics } from "./read-topics.ts";

export interface ReconcileOptions {
  readonly lanes: readonly string[];
  /** Reads the topics too, with these; null leaves that out. */
  readonly deep: { readonly codec: Codec; readonly blobs: BlobStore } | null;
  /** False: what the journey tells of is not held against the rows, which takes longest; {@link findUntold} does that alone. */
  readonly journey?: boolean;
  readonly onProgress: (line: string) => void;
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Waits before suspects are looked at again, ms. */
  readonly pauseMs?: readonly number[];
}

const COUNT_PAGE = 50_000;

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
  if (options.journey !== false) await checkJourney(looking, findings);
  await checkReaders(looking, findings);
  const checked = deep === null ? {} : await lookDeep(looking, findings, deep);
  return report(looking, findings, deep !== null, { openRows, waitingRows, ...checked });
}

/** Events that the journey tells of and that have no row. */
export async function findUntold(accounts: Accounts): Promise<readonly Lost[]> {
  const findings = createFindings();
  await checkJourney({ accounts }, findings);
  return findings.lost;
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
  const counts = await countTenants(looking);
  const positions = await looking.positions(true);
  const unread = getLaneTopics(looking.lanes)
    .filter(({ kind }) => kind === "rawEvents")
    .flatMap(({ topic }) => getPartitions(positions, topic))
    .reduce((sum, each) => sum + unreadIn(each), 0);
  const sums = [...counts.values()];
  const sum = (pick: (count: TenantCount) => number): number => sums.reduce((total, each) => total + pick(each), 0);
  const rows = sum(({ accepted }) => accepted);
  return {
    accepted: rows,
    written: sum(({ written }) => written),
    suppressed: sum(({ suppressed }) => suppressed),
    deadLettered: sum(({ deadLettered }) => deadLettered),
    discarded: sum(({ discarded }) => discarded),
    inFlight: sum(({ inFlight }) => inFlight),
    unread,
    lag: Object.fromEntries(
      getLaneTopics(looking.lanes).flatMap(({ topic, groupId }) =>
        groupId === null
          ? []
          : [[groupId, getPartitions(positions, topic).reduce((total, each) => total + unreadIn(each), 0)]],
      ),
    ),
    tenants: Object.fromEntries(counts),
    lost: findings.lost,
    faults: findings.faults,
    notListed: findings.notListed(),
    notes: findings.notes,
    holds: !findings.any(),
    deep,
    checked: { rows, ...checked, partitions: positions.size },
  };
}

/** In the same order of pages for all: a row is counted once, in the state that it has then. */
async function countTenants({ accounts }: Looking): Promise<Map<string, TenantCount>> {
  const counts = new Map<string, TenantCount>();
  for (let after: CountPlace | null = FIRST_COUNT; after !== null;) {
    const page: Awaited<ReturnType<Accounts["countFrom"]>> = await accounts.countFrom(after, COUNT_PAGE);
    for (const { tenant, state, emails } of page.counts)
      counts.set(tenant, addCount(counts.get(tenant) ?? NOTHING, state, emails));
    after = page.last;
  }
  for (const [tenant, discarded] of await accounts.countDiscarded())
    counts.set(tenant, { ...(counts.get(tenant) ?? NOTHING), discarded });
  return counts;
}
