import { pathToFileURL } from "node:url";
import path from "node:path";
import { initBlobStore } from "@inlet/blob-store";
import { createKafka } from "@inlet/kafka";
import { openLedger } from "@inlet/ledger";
import { findUntold, reconcile } from "@inlet/reconcile";
import { lanesIn } from "@inlet/schemas";
import { createBenchDatabase } from "../bench-database.ts";
import { BENCH_SEARCH_KEY, describeSeeded, seedDeliveries } from "../seed-deliveries.ts";
import { startServer } from "../server-process.ts";
import { under, type Bar, type Bench, type Cell, type Report } from "../suite.ts";

export const name = "console";
export const about =
  "the console over a million deliveries (--size): each kind of search, the first pages of lists with each filter, the count of the balance; Kafka, Postgres, console";

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const DEFAULT_SIZE = 1_000_000;
const SEARCH_MS = 200;
const PAGE_MS = 100;
const COLUMNS = ["what", "asked", "p50 ms", "p99 ms"] as const;

/** First pages, each with each of its filters. */
const PAGES = [
  ["overview", "/"],
  ["emails", "/emails"],
  ["of a tenant", "/emails?tenant=t-1"],
  ["in a state, common", "/emails?state=written"],
  ["in a state, rare", "/emails?state=dead_lettered"],
  ["waiting", "/emails?state=waiting"],
  ["of a tenant, in a state", "/emails?tenant=t-1&state=dead_lettered"],
  ["since", "/emails?since=1h"],
  ["of a domain", "/emails?domain=d7.example"],
  ["of a rare domain and a tenant", "/emails?domain=rare.example&tenant=t-1"],
  ["of no one's domain", "/emails?domain=none.example"],
  ["everything at once", "/emails?tenant=t-1&state=written&domain=d7.example&since=30d"],
] as const;

export async function run(bench: Bench): Promise<Report> {
  const many = bench.size ?? DEFAULT_SIZE;
  const { env } = await bench.stack();
  const { connectionString, database } = await createBenchDatabase(bench, "console");
  const seedAt = performance.now();
  await seedDeliveries(database, { many, now: Date.now(), note: (line) => bench.note(line) });
  bench.note(`seeded in ${Math.round((performance.now() - seedAt) / 1000)} s`);
  const counted = await countBalance(bench, connectionString);
  const ask = await startConsole(bench, env, connectionString);
  const searches: Measured[] = [];
  for (const kind of Object.keys(describeSeeded(1).ids)) {
    searches.push(
      await measure(bench, kind, () => {
        const { ids } = describeSeeded(1 + Math.floor(Math.random() * many));
        return ask(`/api/v1/search?${new URLSearchParams({ q: ids[kind] ?? "" }).toString()}`);
      }),
    );
  }
  const pages: Measured[] = [];
  for (const [what, url] of PAGES) pages.push(await measure(bench, what, async () => ask(url)));
  return {
    tables: [
      { title: `Searches over ${many} deliveries`, columns: COLUMNS, rows: searches.map(toRow) },
      { title: "First pages", columns: COLUMNS, rows: pages.map(toRow) },
      { title: "The balance", columns: ["what", "s"], rows: counted },
    ],
    bars: [...searches.map(toBar(SEARCH_MS)), ...pages.map(toBar(PAGE_MS))],
  };
}

interface Measured {
  readonly what: string;
  /** Sorted, ms. */
  readonly times: readonly number[];
}

async function measure(bench: Bench, what: string, ask: () => Promise<void>): Promise<Measured> {
  bench.note(what);
  const times: number[] = [];
  const until = performance.now() + (bench.seconds * 1000) / 4;
  // The first one opens connections and plans its statements, which a viewer meets once a day.
  await ask();
  while ((performance.now() < until || times.length < 20) && !bench.signal.aborted) {
    const at = performance.now();
    await ask();
    times.push(performance.now() - at);
  }
  return { what, times: times.toSorted((a, b) => a - b) };
}

function toRow({ what, times }: Measured): Cell[] {
  return [what, times.length, pick(times, 0.5), pick(times, 0.99)];
}

function toBar(limit: number): (measured: Measured) => Bar {
  return ({ what, times }) => under(`${what}, p99 ms`, limit, pick(times, 0.99));
}

function pick(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

async function countBalance(bench: Bench, connectionString: string): Promise<Cell[][]> {
  const { env } = await bench.stack();
  const ledger = openLedger({ connectionString });
  const brokers = env.KAFKA_BROKERS.split(",");
  const admin = await createKafka({ brokers, ssl: false, sasl: null, clientId: "bench", log: SILENT }).admin();
  bench.onEnd(async () => {
    await admin.close();
    await ledger.close();
  });
  bench.note("the balance");
  const rows: Cell[][] = [];
  const { accounts } = ledger.inspect;
  const lanes = lanesIn(await admin.topics());
  const counting = async (journey: boolean) =>
    reconcile(accounts, admin, { lanes, deep: null, journey, onProgress: () => {} });
  for (const [what, work] of [
    ["the console's count, first", async () => counting(false)],
    ["the console's count, again", async () => counting(false)],
    ["the journey against the rows", async () => findUntold(accounts)],
    ["inlet reconcile", async () => counting(true)],
  ] as const) {
    const at = performance.now();
    await work();
    rows.push([what, (performance.now() - at) / 1000]);
  }
  return rows;
}

/** The console as it runs, asked over HTTP by a machine's token. */
async function startConsole(
  bench: Bench,
  env: Readonly<Record<string, string>>,
  connectionString: string,
): Promise<(url: string) => Promise<void>> {
  const blobs = pathToFileURL(path.join(bench.dir, "blobs")).href;
  await initBlobStore(blobs);
  const ledger = openLedger({ connectionString });
  const grants = ["process", "view"].map((role) => ({ role, tenant: "*" }));
  const { secret } = await ledger.access.createToken({ name: "bench", grants, createdBy: "bench", ttlMs: null });
  await ledger.close();
  const { url } = await startServer(bench, {
    name: "console",
    main: "services/console/src/main.ts",
    ops: true,
    env: {
      ...env,
      DATABASE_URL: connectionString,
      BLOB_STORE_URL: blobs,
      TENANTS_DIR: path.resolve(import.meta.dirname, "../../../config/tenants"),
      URL_SIGNING_KEYS: "url-signing-key-of-the-bench-0123456789",
      CONSOLE_URL: "http://127.0.0.1:8085",
      SEARCH_KEY: BENCH_SEARCH_KEY,
    },
  });
  return async (address) => {
    const response = await fetch(`${url}${address}`, {
      headers: { authorization: `Bearer ${secret}` },
      redirect: "manual",
    });
    await response.text();
    if (response.status >= 400) throw new Error(`${address} answered ${response.status}`);
  };
}
