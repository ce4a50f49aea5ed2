import { createOverlayStore, openBlobStore } from "@inlet/blob-store";
import { loadTenants, processEnvironment, readEnvironment } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { createKafka, type Admin, type KafkaRecord } from "@inlet/kafka";
import { openDryLedger, openLedger } from "@inlet/ledger";
import { fromLineRecord, readMeantRecords, REPLAY_SHARE, type MeantRecords, type ParsedLine } from "@inlet/service";
import { createIsolation } from "../gates/isolation.ts";
import { createMemoryBudget } from "../intake/memory-budget.ts";
import { SLOW_MS } from "../limits.ts";
import { createPreviewer, type DeliveryPreview, type Previewer } from "./preview-deliveries.ts";

/** Lines of its output, JSON each. */
export type DryRunLine =
  /** An email of which a replay would do, or leave, something; unchanged ones are counted only. */
  { readonly email: DeliveryPreview } | { readonly summary: DryRunSummary };

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

/** What is previewed: records of the log, or what the parser's part of the dry run says of them, with what it stored. */
export type DryRunSource =
  | { readonly from: "log"; readonly requests: readonly MeantRecords[] }
  | { readonly from: "parser"; readonly lines: AsyncIterable<string>; readonly blobsUrl: string };

/** Previews everything that is asked for and tells it line by line. */
export async function runDryRun(source: DryRunSource, tell: (line: DryRunLine) => void): Promise<void> {
  const env = processEnvironment();
  const environment = readEnvironment(env, ["kafka", "registry", "database", "blobs", "tenants"]);
  const tenants = await loadTenants({ dir: environment.tenantsDir, env, onReload: () => {}, onFault: () => {} });
  const kafka = createKafka({ ...environment.kafka, clientId: "inlet-dry-run", log: SILENT });
  const settings = { connectionString: environment.databaseUrl, applicationName: "inlet dry run", maxConnections: 4 };
  const [dry, real] = [openDryLedger(settings), openLedger(settings)];
  const admin = await kafka.admin();
  const blobs = openBlobStore(environment.blobStoreUrl);
  const previewer = createPreviewer(
    {
      codec: createCodec({ registry: createRegistry(environment.schemaRegistry) }),
      blobs: source.from === "log" ? blobs : createOverlayStore(blobs, openBlobStore(source.blobsUrl)),
      tenants,
      instance: "dry-run",
      ...(environment.consoleUrl === "" ? {} : { consoleUrl: environment.consoleUrl }),
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
    const incoming = source.from === "log" ? readLog(admin, source.requests) : readParsed(source.lines);
    const counted = await previewAll(incoming, { previewer, tell });
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
  source: AsyncIterable<Incoming>,
  { previewer, tell }: { previewer: Previewer; tell: (line: DryRunLine) => void },
): Promise<Counted> {
  const counted: Counted = { results: {}, tenants: new Map() };
  let slice: KafkaRecord[] = [];
  const count = (email: DeliveryPreview): void => {
    counted.results[email.result] = (counted.results[email.result] ?? 0) + 1;
    const { emails, calls } = counted.tenants.get(email.tenant) ?? { emails: 0, calls: 0 };
    counted.tenants.set(email.tenant, { emails: emails + 1, calls: calls + email.calls });
    if (email.result !== "unchanged" || email.changes.length > 0) tell({ email });
  };
  const flush = async (): Promise<void> => {
    for (const email of await previewer.preview(slice)) count(email);
    slice = [];
  };
  for await (const incoming of source) {
    if ("ended" in incoming) count({ ...NOT_DELIVERED, ...incoming.ended });
    else slice.push(incoming.record);
    if (slice.length >= SLICE) await flush();
  }
  await flush();
  return counted;
}

/** A record, or what parsing it anew came to. */
type Incoming = { readonly record: KafkaRecord } | Extract<ParsedLine, { ended: unknown }>;

const NOT_DELIVERED = { emailKey: null, changes: [], evidence: {}, warnings: [], calls: 0 };

async function* readLog(admin: Admin, requests: readonly MeantRecords[]): AsyncGenerator<Incoming> {
  for (const request of requests) for await (const record of readMeantRecords(admin, request)) yield { record };
}

async function* readParsed(lines: AsyncIterable<string>): AsyncGenerator<Incoming> {
  for await (const text of lines) {
    const line = JSON.parse(text) as ParsedLine;
    yield "ended" in line ? line : { record: fromLineRecord(line.record) };
  }
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
