import { createHmac } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "@inlet/ledger/database";
import { alternativeMail } from "../mail.ts";
import { readProcessTreeCpu } from "../process-cpu.ts";
import { readCpuSeconds, startServer } from "../server-process.ts";
import { startSink } from "../sink-process.ts";
import type { Bench, Report } from "../suite.ts";

export const name = "costs";
export const about =
  "what one email costs at each hop: CPU, bytes in Kafka and the ledger, transactions, calls to the CRM";

const TENANT = "acme";
const SECRET = "secret-of-the-benchmarks-0001";
/** For a second of measurement: 500 by default. */
const EMAILS_PER_SECOND = 50;
/** As busy mailboxes send: text, html and a quoted thread. */
const EMAIL_BYTES = 8_000;
const AT_ONCE = 8;

interface Reading {
  readonly cpu: Readonly<Record<string, number | null>>;
  readonly topicBytes: Readonly<Record<string, number>>;
  readonly transactions: number;
  readonly rowsWritten: number;
  readonly ledgerBytes: number;
  readonly crmCalls: number;
}

export async function run(bench: Bench): Promise<Report> {
  const stack = await bench.stack();
  const sink = await startSink(bench, [{ id: TENANT }]);
  const env = {
    ...stack.env,
    TENANTS_DIR: path.join(bench.dir, "tenants"),
    BENCH_SECRET: SECRET,
    [`TOKEN_${TENANT.toUpperCase()}`]: `token-of-${TENANT}`,
    BLOB_STORE_URL: pathToFileURL(path.join(bench.dir, "blobs")).href,
    PUBLIC_URL: "http://127.0.0.1:8080",
    URL_SIGNING_KEYS: "url-signing-key-of-the-benchmarks",
  };
  const gateway = await startServer(bench, {
    name: "gateway",
    main: "services/ingest-gateway/src/main.ts",
    ops: true,
    env,
  });
  const parser = await startServer(bench, { name: "parser", main: "services/parser/src/main.ts", env });
  const database = openDatabase({ connectionString: stack.env.DATABASE_URL, applicationName: "bench" });
  bench.onEnd(async () => database.close());

  const read = async (): Promise<Reading> => {
    // Postgres tells its counts once a second.
    await sleep(2_000, undefined, { signal: bench.signal });
    const [counts] = await database.query<{ transactions: number; rows: number; bytes: number }>(
      `select xact_commit as transactions, tup_inserted + tup_updated + tup_deleted as rows, pg_database_size(datname) as bytes
         from pg_stat_database where datname = current_database()`,
    );
    const parts = stack.parts.map(({ name: part, pid }) => [part, readProcessTreeCpu(pid)] as const);
    const services = Object.entries({ gateway, parser, "crm-sink": sink.sink }).map(
      async ([service, server]) => [service, await readCpuSeconds(server)] as const,
    );
    return {
      cpu: Object.fromEntries([...(await Promise.all(services)), ...parts]),
      topicBytes: measureTopics(bench.dir),
      transactions: counts?.transactions ?? 0,
      rowsWritten: counts?.rows ?? 0,
      ledgerBytes: counts?.bytes ?? 0,
      crmCalls: await sink.crmCalls(),
    };
  };
  const count = EMAILS_PER_SECOND * bench.seconds;
  let all = 0;
  const measure = async (kind: string, toMail: (i: number) => string) => {
    bench.note(`${count} emails: ${kind}`);
    const before = await read();
    await sendAll(count, async (i) => post(gateway.url, `${kind}-${i}`, toMail(i)));
    all += count;
    for (let written = 0; written < all;) {
      await sleep(250, undefined, { signal: bench.signal });
      const [row] = await database.query<{ n: number }>("select count(*) as n from deliveries where state = 'written'");
      written = row?.n ?? 0;
    }
    const after = await read();
    return { kind, before, after };
  };
  await measure("warm-up", (i) => mail(`warm-up-${i}`, null));
  const measured = [
    await measure("first of a new contact", (i) => mail(`first-${i}`, null)),
    await measure("reply in a known conversation", (i) => mail(`reply-${i}`, `first-${i}`)),
  ];
  const hops = Object.keys(measured[0]?.before.cpu ?? {});
  const topics = [...new Set(measured.flatMap(({ after }) => Object.keys(after.topicBytes)))].toSorted();
  const each = (of: (reading: Reading) => number | null) =>
    measured.map(({ before, after }) => {
      const [from, to] = [of(before), of(after)];
      return from === null || to === null ? null : (to - from) / count;
    });
  return {
    tables: [
      {
        title: `CPU ms of one email of ${EMAIL_BYTES} bytes, ${count} of each kind`,
        columns: ["", ...measured.map(({ kind }) => kind)],
        rows: hops.map((hop) => [hop, ...each(({ cpu }) => (cpu[hop] == null ? null : cpu[hop] * 1000))]),
      },
      {
        title: "What else one email costs",
        columns: ["", ...measured.map(({ kind }) => kind)],
        rows: [
          ...topics.map((topic) => [`bytes in ${topic}`, ...each(({ topicBytes }) => topicBytes[topic] ?? 0)] as const),
          ["bytes in the ledger, indexes included", ...each(({ ledgerBytes }) => ledgerBytes)],
          ["transactions of the ledger", ...each(({ transactions }) => transactions)],
          ["rows written in the ledger", ...each(({ rowsWritten }) => rowsWritten)],
          ["calls to the CRM", ...each(({ crmCalls }) => crmCalls)],
        ],
      },
    ],
    bars: [],
  };
}

function mail(id: string, repliesTo: string | null): string {
  const sender = (repliesTo ?? id).replaceAll(/\W/g, "-");
  const reply =
    repliesTo === null ? "" : `In-Reply-To: <${repliesTo}@example.com>\r\nReferences: <${repliesTo}@example.com>\r\n`;
  return alternativeMail(EMAIL_BYTES)
    .toString("latin1")
    .replace("sender@example.com", `${sender}@example.com`)
    .replace("<alternative@example.com>", `<${id}@example.com>`)
    .replace("MIME-Version", `${reply}MIME-Version`);
}

async function sendAll(count: number, send: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** One email; waits as long as the gateway asks for where it is over the tenant's rate. */
async function post(url: string, eventId: string, raw: string): Promise<void> {
  const body = JSON.stringify({ eventId, raw: Buffer.from(raw, "latin1").toString("base64") });
  for (;;) {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex");
    const answer = await fetch(`${url}/v1/inbound/${TENANT}/signed-json`, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-webhook-timestamp": timestamp,
        "x-webhook-signature": signature,
      },
    });
    if (answer.status === 202) return void (await answer.arrayBuffer());
    if (answer.status !== 429) throw new Error(`the gateway answered ${answer.status}: ${await answer.text()}`);
    await sleep(Number(answer.headers.get("retry-after") ?? 1) * 1000);
  }
}

/** Bytes of each topic on disk, by name without its partition; none where Kafka is not the bench's own. */
function measureTopics(dir: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const topic = /^((?:raw-events|normalized-events|email-outcomes|dlq)[\w.-]*)-\d+$/.exec(
      path.basename(entry.parentPath),
    )?.[1];
    // Indexes are allotted ahead.
    if (topic === undefined || !entry.name.endsWith(".log")) continue;
    found[topic] = (found[topic] ?? 0) + statSync(path.join(entry.parentPath, entry.name)).size;
  }
  return found;
}
