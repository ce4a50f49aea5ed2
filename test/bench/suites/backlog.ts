import { openLedger, type Ledger } from "@inlet/ledger";
import type { Database } from "@inlet/ledger/database";
import { createBenchDatabase } from "../bench-database.ts";
import { under, type Bar, type Bench, type Cell, type Report } from "../suite.ts";

export const name = "backlog";
export const about =
  "500,000 waiting emails in the ledger: what a take costs, also past what is behind another, the end of a circuit and of buffer mode; Postgres, no services";

const EMAILS = 500_000;
/** A tenth of them are of other tenants. */
const TENANTS = 97;
const TAKES = 20;
const BIG = "big";
const OUTAGE = { probe: false, code: "hubspot:503", retryAfterMs: 0 };

export async function run(bench: Bench): Promise<Report> {
  const { connectionString, database } = await createBenchDatabase(bench, "backlog");
  const ledger = openLedger({ connectionString });
  bench.onEnd(async () => ledger.close());
  bench.note(`${EMAILS} waiting emails`);
  await fill(database);
  return measure(bench, ledger, async () => fillBehind(database));
}

/** Due, but behind the first of their conversation, which is not; and what is not due at all. Of the tenant's other mail a little is. */
async function fillBehind(database: Database): Promise<void> {
  await database.query("truncate waiting");
  for (const [code, from, to, dueInS] of [
    ["hubspot:503", 0, 0.01, 7200],
    ["behind_conversation", 0.01, 0.2, -60],
    ["circuit_open", 0.2, 0.4, -60],
    ["hubspot:403", 0.4, 0.99, 7200],
    ["hubspot:403", 0.99, 1, -60],
  ] as const)
    await database.query(
      `insert into waiting (tenant, event_id, lane, stage, kind, code, conversation_id, due_at, pass, attempt, order_parsed_at, topic,
           partition, "offset", record_timestamp, key, value, headers)
       select $1, 'evt_' || i, 'shared', 'deliver', 'parked', $2, 'cnv_' || case when i <= $6 then i % 100 else i end,
              clock_timestamp() + $3 * interval '1 s', 0, 0, 1, 'normalized', 0, i, 1, 'key', decode(repeat('00', 200), 'hex'), '[]'
         from generate_series($4::int, $5::int) i`,
      [BIG, code, dueInS, from * EMAILS + 1, to * EMAILS, 0.4 * EMAILS],
    );
  await database.query("analyze");
}

/** Behind a circuit, behind buffer mode, and retries; each of its own conversation but for every fifth, which is behind another. */
async function fill(database: Database): Promise<void> {
  for (const [kind, code, from, to] of [
    ["parked", "circuit_open", 0, 0.5],
    ["parked", "buffer_mode", 0.5, 0.8],
    ["retry", "hubspot:500", 0.8, 1],
  ] as const)
    await database.query(
      `insert into waiting (tenant, event_id, lane, stage, kind, code, conversation_id, due_at, pass, attempt, order_parsed_at, topic,
           partition, "offset", record_timestamp, key, value, headers)
       select case when i % 10 = 0 then 't-' || i / 10 % $5 else $4 end, 'evt_' || i, 'shared', 'deliver', $1, $2,
              'cnv_' || i - case when i % 5 = 0 then 1 else 0 end, clock_timestamp() + (i % 7200 - 3600) * interval '1 s', 0, 0, 1,
              'normalized', 0, i, 1, 'key', decode(repeat('00', 200), 'hex'), '[]'
         from generate_series($3::int, $6::int) i`,
      [kind, code, from * EMAILS + 1, BIG, TENANTS, to * EMAILS],
    );
  await database.query("analyze");
}

async function measure(bench: Bench, ledger: Ledger, fillAnew: () => Promise<void>): Promise<Report> {
  let owner = 0;
  const take = async (): Promise<number> => {
    const emails = await ledger.waiting.take({
      stage: "deliver",
      lanes: ["shared"],
      owner: `bench/${(owner += 1)}`,
      leaseMs: 60_000,
      perTenant: 16,
      limit: 64,
    });
    return emails.length;
  };
  const rows: Cell[][] = [];
  const bars: Bar[] = [];
  const time = async (what: string, limitMs: number, times: number, work: () => Promise<unknown>): Promise<void> => {
    if (bench.signal.aborted) return;
    bench.note(what);
    const took: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const at = performance.now();
      await work();
      took.push(performance.now() - at);
    }
    const [middle, worst] = [took.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0, Math.max(...took)];
    rows.push([what, times, middle, worst]);
    bars.push(under(`${what}, ms`, limitMs, middle));
  };
  await time("take", 100, TAKES, take);
  for (const eventId of ["a", "b", "c"])
    await ledger.circuits.recordOutage(BIG, "hubspot", { ...OUTAGE, eventId }, () => 1_000);
  await time("take while the circuit is open", 100, TAKES, take);
  await time("close the circuit", 1_000, 1, async () => ledger.circuits.recordSuccess(BIG, "hubspot", true));
  await ledger.circuits.hold(BIG, { why: null, actor: "bench" });
  await time("take while in buffer mode", 100, TAKES, take);
  await time("end buffer mode", 1_000, 1, async () => ledger.circuits.endHold(BIG, "bench"));
  await time("take after it", 100, TAKES, take);
  bench.note(`${EMAILS} emails, nearly all behind another one or not due`);
  await fillAnew();
  await time("take past what is behind another", 100, TAKES, take);
  await time("look for whose turn it is", 1_000, 3, async () => ledger.waiting.releaseHeads(null, 1_000));
  const columns = ["what", "times", "middle, ms", "worst, ms"];
  return { tables: [{ title: `${EMAILS} waiting emails of ${TENANTS + 1} tenants`, columns, rows }], bars };
}
