import { openBlobStore } from "@inlet/blob-store";
import { loadTenants, processEnvironment, readEnvironment } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { createKafka, headerText, type Admin, type KafkaRecord } from "@inlet/kafka";
import { openDryLedger, openLedger, type ReplayFilter, type ReplayRange } from "@inlet/ledger";
import { HEADER } from "@inlet/schemas";
import { REPLAY_SHARE } from "@inlet/service";
import { createIsolation } from "../gates/isolation.ts";
import { createMemoryBudget } from "../intake/memory-budget.ts";
import { SLOW_MS } from "../limits.ts";
import { createPreviewer, type DeliveryPreview, type Previewer } from "./preview-deliveries.ts";

/** What a dry run is asked for: the ranges of replays, and which of their records are meant. */
export interface DryRunRequest {
  readonly topic: string;
  readonly filter: ReplayFilter;
  readonly ranges: readonly ReplayRange[];
}

/** Lines of its output, JSON each. */
export type DryRunLine =
  /** An email of which a replay would do, or leave, something; unchanged ones are counted only. */
  | { readonly email: DeliveryPreview }
  | { readonly progress: { readonly done: number; readonly total: number } }
  | { readonly summary: DryRunSummary };

export interface DryRunSummary {
  readonly emails: number;
  readonly results: Readonly<Record<string, number>>;
  /** Requests that the replay would make; those that this dry run made to look. */
  readonly calls: number;
  readonly reads: number;
  /** By tenant: requests, and how long they take at the replays' share of its quota. */
  readonly tenants: Readonly<
    Record<string, { readonly emails: number; readonly calls: number; readonly minutes: number }>
  >;
}

const SLICE = 500;
const MEMORY_BYTES = 64 * 1024 * 1024;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Previews everything that is asked for and tells it line by line. */
export async function runDryRun(requests: readonly DryRunRequest[], tell: (line: DryRunLine) => void): Promise<void> {
  const env = processEnvironment();
  const environment = readEnvironment(env, ["kafka", "registry", "database", "blobs", "tenants"]);
  const tenants = await loadTenants({ dir: environment.tenantsDir, env, onReload: () => {}, onFault: () => {} });
  const kafka = createKafka({ ...environment.kafka, clientId: "inlet-dry-run", log: SILENT });
  const settings = { connectionString: environment.databaseUrl, applicationName: "inlet dry run", maxConnections: 4 };
  const [dry, real] = [openDryLedger(settings), openLedger(settings)];
  const admin = await kafka.admin();
  const previewer = createPreviewer(
    {
      codec: createCodec({ registry: createRegistry(environment.schemaRegistry) }),
      blobs: openBlobStore(environment.blobStoreUrl),
      tenants,
      instance: "dry-run",
      log: SILENT,
      now: Date.now,
      monotonic: () => performance.now(),
      random: Math.random,
      failpoint: () => {},
      isolation: createIsolation(),
      memory: createMemoryBudget(MEMORY_BYTES),
      slowMs: SLOW_MS,
    },
    // A token that is renewed meanwhile must not be lost.
    { ...dry, grants: real.grants },
  );
  try {
    const counted = await previewAll(requests, { admin, previewer, tell });
    const summary = summarize(counted, previewer.reads(), (tenant) => tenants.get(tenant)?.crm.quota.perSecond ?? null);
    tell({ summary });
  } finally {
    await previewer.close();
    await Promise.all([admin.close(), tenants.close(), dry.close(), real.close()]);
  }
}

interface Counted {
  readonly results: Record<string, number>;
  readonly tenants: Map<string, { emails: number; calls: number }>;
}

async function previewAll(
  requests: readonly DryRunRequest[],
  { admin, previewer, tell }: { admin: Admin; previewer: Previewer; tell: (line: DryRunLine) => void },
): Promise<Counted> {
  const total = requests.reduce(
    (sum, { ranges }) => sum + ranges.reduce((all, { from, to }) => all + (to - from), 0),
    0,
  );
  const counted: Counted = { results: {}, tenants: new Map() };
  let done = 0;
  let slice: KafkaRecord[] = [];
  const flush = async (): Promise<void> => {
    for (const email of await previewer.preview(slice)) {
      counted.results[email.result] = (counted.results[email.result] ?? 0) + 1;
      const { emails, calls } = counted.tenants.get(email.tenant) ?? { emails: 0, calls: 0 };
      counted.tenants.set(email.tenant, { emails: emails + 1, calls: calls + email.calls });
      if (email.result !== "unchanged" || email.changes.length > 0) tell({ email });
    }
    slice = [];
    tell({ progress: { done, total } });
  };
  for (const request of requests) {
    for await (const record of readRanges(admin, request)) {
      done += 1;
      if (isMeant(record, request.filter)) slice.push(record);
      if (slice.length >= SLICE) await flush();
    }
  }
  await flush();
  return counted;
}

async function* readRanges(admin: Admin, { topic, ranges }: DryRunRequest): AsyncGenerator<KafkaRecord> {
  const ends = new Map(ranges.map(({ partition, to }) => [partition, BigInt(to)]));
  const starts = new Map(ranges.map(({ partition, from }) => [partition, BigInt(from)]));
  // A partition of which nothing is meant begins at its end.
  const from = new Map(
    (await admin.topicOffsets(topic)).map(({ partition, high }) => [partition, starts.get(partition) ?? high]),
  );
  for await (const record of admin.readAll(topic, from))
    if (record.offset < (ends.get(record.partition) ?? 0n)) yield record;
}

function isMeant({ headers }: KafkaRecord, { tenant, eventIds }: ReplayFilter): boolean {
  if (tenant !== undefined && headerText(headers, HEADER.tenant) !== tenant) return false;
  return eventIds === undefined || eventIds.includes(headerText(headers, HEADER.eventId) ?? "");
}

function summarize(
  { results, tenants }: Counted,
  reads: number,
  perSecond: (tenant: string) => number | null,
): DryRunSummary {
  const all = [...tenants].map(([tenant, { emails, calls }]) => {
    const rate = (perSecond(tenant) ?? 0) * REPLAY_SHARE;
    const minutes = calls === 0 || rate === 0 ? 0 : Math.ceil((calls / rate / 60) * 10) / 10;
    return [tenant, { emails, calls, minutes }] as const;
  });
  return {
    emails: Object.values(results).reduce((sum, emails) => sum + emails, 0),
    results,
    calls: all.reduce((sum, [, { calls }]) => sum + calls, 0),
    reads,
    tenants: Object.fromEntries(all),
  };
}
