import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { initBlobStore } from "@inlet/blob-store";
import { openLedger } from "@inlet/ledger";
import { openDatabase } from "@inlet/ledger/database";
import { setTimeout as sleep } from "node:timers/promises";
import { startServer, type ServerProcess } from "./server-process.ts";
import type { Bench } from "./suite.ts";

/** Above what any machine does: neither the tenant's quota nor the sandbox's limit may set the rate. */
const NO_QUOTA = "{ perSecond: 100000, burst: 100000 }";
const NO_LIMIT = "999999999";
/** Without any email ended for so long a run has come to a stop, ms. */
const STOPPED_MS = 30_000;

export interface MeasuredTenant {
  readonly id: string;
  /** As in the tenant's file; default: so high that it never binds. */
  readonly quota?: string;
}

export interface Delivered {
  readonly tenant: string;
  /** Epoch ms: when the email was put into Kafka, and when it was written. */
  readonly receivedAt: number;
  readonly endedAt: number;
}

/** The sink and the CRM sandbox, a process each, on the bench's stack. */
export interface RunningSink {
  readonly sandbox: ServerProcess;
  readonly sink: ServerProcess;
  /** Emails of a run that are written by now. */
  written(run: string): Promise<Delivered[]>;
  /** Resolves when `count` emails of the run are written. Throws when nothing goes on any more, saying how they stand. */
  allWritten(run: string, count: number): Promise<Delivered[]>;
  /** What autovacuum does within a minute of a table's growing. */
  analyze(): Promise<void>;
  /** Calls that the CRM has answered since it started, whatever the answer. */
  crmCalls(): Promise<number>;
}

export async function startSink(bench: Bench, tenants: readonly MeasuredTenant[]): Promise<RunningSink> {
  const stack = await bench.stack();
  const ledger = openLedger({ connectionString: stack.env.DATABASE_URL, applicationName: "bench" });
  await ledger.migrate();
  await ledger.close();
  const blobs = pathToFileURL(path.join(bench.dir, "blobs")).href;
  await initBlobStore(blobs);
  const sandbox = await startServer(bench, {
    name: "crm-sandbox",
    main: "services/crm-sandbox/src/main.ts",
    ready: "/healthz",
    env: {
      SANDBOX_TOKEN: tenants.map(({ id }) => `${id}=token-of-${id}`).join(","),
      SANDBOX_LIMIT_PER_10S: NO_LIMIT,
    },
  });
  const sink = await startServer(bench, {
    name: "crm-sink",
    main: "services/crm-sink/src/main.ts",
    env: {
      ...stack.env,
      ...(await writeTenants(path.join(bench.dir, "tenants"), tenants, sandbox.url)),
      BLOB_STORE_URL: blobs,
      PUBLIC_URL: "http://127.0.0.1:8080",
    },
  });
  const database = openDatabase({ connectionString: stack.env.DATABASE_URL, applicationName: "bench" });
  bench.onEnd(async () => database.close());

  const written = async (run: string): Promise<Delivered[]> =>
    database.query(
      `select tenant, received_at as "receivedAt", ended_at as "endedAt" from deliveries
        where source_delivery_id = $1 and state = 'written'`,
      [run],
    );
  return {
    sandbox,
    sink,
    written,
    allWritten: async (run, count) => {
      let before = 0;
      let movedAt = Date.now();
      for (;;) {
        const emails = await written(run);
        if (emails.length >= count) return emails;
        if (emails.length > before) movedAt = Date.now();
        before = emails.length;
        if (Date.now() - movedAt > STOPPED_MS) {
          const states = await database.query(
            "select state, reason, detail, count(*) as n from deliveries where source_delivery_id = $1 group by 1, 2, 3",
            [run],
          );
          throw new Error(`${run}: ${before} of ${count} are written and nothing goes on: ${JSON.stringify(states)}`);
        }
        await sleep(250, undefined, { signal: bench.signal });
      }
    },
    analyze: async () => {
      await database.query("analyze");
    },
    crmCalls: async () => {
      const { calls } = (await (await fetch(`${sandbox.url}/sandbox/calls`)).json()) as {
        calls: Record<string, Record<string, number>>;
      };
      return Object.values(calls)
        .flatMap((byStatus) => Object.values(byStatus))
        .reduce((sum, count) => sum + count, 0);
    },
  };
}

async function writeTenants(
  dir: string,
  tenants: readonly MeasuredTenant[],
  crmUrl: string,
): Promise<Record<string, string>> {
  await mkdir(dir, { recursive: true });
  const env: Record<string, string> = { TENANTS_DIR: dir, BENCH_SECRET: "secret-of-the-benchmarks-0001" };
  for (const { id, quota = NO_QUOTA } of tenants) {
    const name = `TOKEN_${id.replaceAll("-", "_").toUpperCase()}`;
    env[name] = `token-of-${id}`;
    await writeFile(
      path.join(dir, `${id}.yaml`),
      `name: ${id}
sources:
  signed-json: { kind: signed-json, secrets: [env:BENCH_SECRET] }
mailboxes:
  sales: { addresses: [sales@inlet.example] }
crm: { kind: hubspot, baseUrl: "${crmUrl}", token: env:${name}, quota: ${quota} }
`,
    );
  }
  return env;
}
