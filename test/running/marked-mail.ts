import { createMemoryBlobStore } from "@inlet/blob-store";
import { readTenant, type TenantConfig } from "@inlet/config";
import { createSandbox, type Sandbox } from "@inlet/crm-sandbox";
import { handleRecord } from "@inlet/crm-sink/src/intake/handle-record.ts";
import { sinkDeps } from "@inlet/crm-sink/testing/sink-deps.ts";
import type { KafkaRecord, NewRecord } from "@inlet/kafka";
import { ledgerOn, openMemoryDatabase, type Database } from "@inlet/ledger/testing";
import { rawRecord, smallParser } from "@inlet/parser/testing/small-parser.ts";
import { topicIn } from "@inlet/schemas";
import { collectTelemetry } from "@inlet/telemetry/testing";

/** Where a marked word stands in an email. */
export const PARTS = ["subject", "text", "html", "sender", "local", "recipient", "file", "header", "id"] as const;
export type Part = (typeof PARTS)[number];
export type Marks = Readonly<Record<Part, string>>;

const FILE_BYTES = Buffer.from("bytes of a file").toString("base64");

/** A word for each part of an email, in no other email, and such that no encoding of headers changes it. */
export function buildMarks(index: number): Marks {
  return Object.fromEntries(PARTS.map((part) => [part, `zwolf${part}q${index}q`])) as Marks;
}

/** An email with its word in every part. */
export function buildMarkedMail(marks: Marks, extension = "txt"): string {
  return [
    `From: "${marks.sender}" <${marks.local}@customers.example>`,
    `To: "${marks.recipient}" <sales@acme.example>, <${marks.recipient}@others.example>`,
    `Subject: ${marks.subject}`,
    `Message-ID: <${marks.id}@customers.example>`,
    `X-Campaign: ${marks.header}`,
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=outer",
    "",
    "--outer",
    "Content-Type: multipart/alternative; boundary=inner",
    "",
    "--inner",
    "Content-Type: text/plain; charset=utf-8",
    "",
    `An offer, please: ${marks.text}`,
    "--inner",
    "Content-Type: text/html; charset=utf-8",
    "",
    `<p>An offer, please: ${marks.html}</p>`,
    "--inner--",
    "--outer",
    `Content-Type: application/octet-stream; name="${marks.file}.${extension}"`,
    `Content-Disposition: attachment; filename="${marks.file}.${extension}"`,
    "Content-Transfer-Encoding: base64",
    "",
    FILE_BYTES,
    "--outer--",
    "",
  ].join("\r\n");
}

/** What the CRM answers a call of `method` to `path`; null: what the sandbox does. */
export type CrmAnswer = (call: {
  readonly path: string;
  readonly body: string;
}) => { readonly status: number; readonly body: unknown } | null;

/** Parser and sink over a ledger, a CRM and blobs in memory, with the real logger, tracer and metrics around them. */
export interface MarkedInlet {
  readonly parser: ReturnType<typeof smallParser>;
  readonly sink: ReturnType<typeof sinkDeps>;
  readonly database: Database;
  readonly sandbox: Sandbox;
  /** What the CRM answers from now on. */
  answer: CrmAnswer | null;
  /** The tenant's file has these lines too from now on. */
  map(more: string): void;
  /** The parser reads the bytes; resolves to the normalized record where there is one. */
  parse(body: string): Promise<{ readonly eventId: string; readonly record: NewRecord | null }>;
  /** The sink delivers what the parser made. */
  deliver(record: NewRecord): Promise<void>;
  /** Everything that those who operate can see, by its place: logs, spans, metrics, and each column of the ledger. */
  readSeen(): Promise<Map<string, string>>;
  close(): Promise<void>;
}

export async function startMarkedInlet(): Promise<MarkedInlet> {
  const telemetry = collectTelemetry();
  const { log } = telemetry;
  const database = await openMemoryDatabase();
  const ledger = ledgerOn(database);
  const sandbox = createSandbox({ seed: false, searchLagMs: 0 });
  sandbox.app.addHook("preHandler", async (request, reply) => {
    const answer = self.answer?.({ path: request.url, body: JSON.stringify(request.body ?? null) }) ?? null;
    if (answer !== null) await reply.code(answer.status).send(answer.body);
  });
  const baseUrl = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  const tenants = new Map<string, TenantConfig>();
  const blobs = createMemoryBlobStore();
  const sink = sinkDeps(ledger, tenants, { log, blobs });
  const parser = smallParser(blobs, {
    ledger,
    log,
    instance: "parser/1",
    tenants: sink.tenants,
    searchKey: "search-key-of-the-test-0123456789",
  });
  let offset = 0;

  const self: MarkedInlet = {
    parser,
    sink,
    database,
    sandbox,
    answer: null,
    map: (more) => {
      const text = `name: Acme
mailboxes: { sales: { addresses: [sales@acme.example] } }
sources: { mime: { kind: raw-mime, secrets: [env:SECRET] } }
crm: { kind: hubspot, baseUrl: "${baseUrl}", token: env:TOKEN }
${more}`;
      const env = { SECRET: "0123456789abcdef0123456789abcdef", TOKEN: "token" };
      const notice = { NOTICE_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}` };
      const read = readTenant("acme", text, { where: "acme.yaml", env: { ...env, ...notice }, baseDir: "/" });
      if (read.tenant === null) throw new Error(JSON.stringify(read.faults));
      // Which calls wait for tokens hangs on the machine: no quota stands in the way here.
      const crm = { ...read.tenant.crm, quota: { perSecond: 1_000, burst: 1_000 } };
      tenants.set("acme", { ...read.tenant, crm });
    },
    parse: async (body) => {
      const stood = parser.produced.length;
      offset += 1;
      await parser.handle([await rawRecord(offset, Buffer.from(body))]);
      const made = parser.produced.slice(stood).find(({ topic }) => topic === topicIn("normalizedEvents", "shared"));
      return { eventId: `evt_${offset}`, record: made ?? null };
    },
    deliver: async ({ topic, key, value, headers }) => {
      offset += 1;
      const record: KafkaRecord = {
        topic,
        partition: 0,
        offset: BigInt(offset),
        timestamp: Date.now(),
        key: key === null || key === undefined ? null : Buffer.from(key),
        value,
        headers: (headers ?? []).map(([name, text]) => [name, Buffer.from(text)]),
      };
      await handleRecord(sink, { from: "kafka", record, behindSlow: false, onKept: () => {} });
    },
    readSeen: async () => new Map([...Object.entries(await telemetry.read()), ...(await readColumns(database))]),
    close: async () => {
      telemetry.stop();
      await sink.crms.close();
      await sandbox.app.close();
      await ledger.close();
    },
  };
  self.map("");
  return self;
}

/** The text of every column of every table; bytes as their text, since a record's strings stand in it as they are. */
async function readColumns(database: Database): Promise<[string, string][]> {
  const columns = await database.query<{ table: string; column: string; type: string }>(
    `select c.table_name as table, c.column_name as column, c.data_type as type
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where table_schema = 'public' and t.table_type = 'BASE TABLE' and $1`,
    [true],
  );
  const seen: [string, string][] = [];
  for (const { table, column, type } of columns) {
    const text = type === "bytea" ? `encode("${column}", 'escape')` : `"${column}"::text`;
    const [row] = await database.query<{ all: string | null }>(
      `select string_agg(${text}, ' ') as all from "${table}" where $1`,
      [true],
    );
    seen.push([`${table}.${column}`, row?.all ?? ""]);
  }
  return seen;
}
