import { randomUUID } from "node:crypto";
import { openLedger, type ClaimRequest, type Ledger, type SweepPlace, type TenantRetention } from "@inlet/ledger";
import type { Database } from "@inlet/ledger/database";
import { createBenchDatabase } from "../bench-database.ts";
import { describeSeeded, seedDeliveries } from "../seed-deliveries.ts";
import { atLeast, atMost, type Bench, type Cell, type Report } from "../suite.ts";

export const name = "ledger-size";
export const about =
  "the ledger at ten million deliveries (--size) beside an empty one: claims, admission, look-ups; and how fast retention sweeps; Postgres";

const DEFAULT_SIZE = 10_000_000;
const DAY_MS = 86_400_000;
/** A full ledger may take so many times what an empty one does. */
const MOST_TIMES = 1.5;
/** Deliveries of one batch, as the services sweep. */
const BATCH = 500;

type Work = (n: number) => Promise<unknown>;

export async function run(bench: Bench): Promise<Report> {
  const many = bench.size ?? DEFAULT_SIZE;
  const { connectionString, database } = await createBenchDatabase(bench, "ledger_size");
  const ledger = openLedger({ connectionString, maxConnections: 4 });
  bench.onEnd(async () => ledger.close());
  const works = listWorks(ledger, many);
  const empty = await measureAll(bench, works, "empty");
  const startedAt = performance.now();
  const now = Date.now();
  await seedDeliveries(database, { many, now, note: (line) => bench.note(line) });
  await seedEffects(bench, database, many);
  bench.note(`seeded in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  const full = await measureAll(bench, works, "full");
  const rate = await measureSweep(bench, ledger, now);
  const ratios = works.map(([what], index) => [what, (full[index] ?? 0) / (empty[index] ?? 1)] as const);
  return {
    tables: [
      {
        title: `${many} deliveries beside none`,
        columns: ["what", "empty, p50 ms", "full, p50 ms", "times"],
        rows: ratios.map(([what, times], index): Cell[] => [what, empty[index] ?? null, full[index] ?? null, times]),
      },
      {
        title: "Retention",
        columns: ["what", "a second"],
        rows: [["deliveries swept, one batch after another", rate]],
      },
    ],
    bars: [
      ...ratios.map(([what, times]) => atMost(`${what}, times an empty ledger`, MOST_TIMES, times)),
      atLeast("deliveries swept a second", 1_000, rate),
    ],
  };
}

function listWorks(ledger: Ledger, many: number): readonly (readonly [what: string, work: Work])[] {
  const seeded = () => describeSeeded(1 + Math.floor(Math.random() * many));
  return [
    ["claims of an email: contact, deal, activity", async () => ledger.effects.claim(buildClaims())],
    [
      "a delivery by its id",
      async () => {
        const { tenant, eventId } = seeded();
        await ledger.inspect.delivery(tenant, eventId);
      },
    ],
    ["deliveries by a Message-ID", async () => ledger.inspect.find(seeded().ids["Message-ID"] ?? "")],
    [
      "whether the person was erased",
      async () => ledger.erasures.wasErased({ tenant: "t-1", writers: ["ada@customers.example"], receivedAt: 1 }),
    ],
    [
      "acceptance of a delivery",
      async (n) =>
        ledger.deliveries.accept(
          [
            {
              tenant: `t-${n % 97}`,
              eventId: `evt_${randomUUID()}`,
              lane: "shared",
              source: "web",
              sourceKind: "signed-json",
              sourceDeliveryId: null,
              sourceEventId: null,
              topic: "raw-events",
              partition: 0,
              offset: BigInt(n),
              pass: 0,
              receivedAt: Date.now(),
              traceId: null,
            },
          ],
          Date.now(),
        ),
    ],
  ];
}

function buildClaims(): ClaimRequest[] {
  const id = randomUUID();
  return ["contact", "deal", "activity"].map((effect) => ({
    tenant: `t-${Math.floor(Math.random() * 97)}`,
    crm: "hubspot",
    effect,
    key: `${effect}-${id}`,
    owner: "bench",
    eventId: `evt_${id}`,
    leaseMs: 60_000,
    settleMs: 0,
  }));
}

/** Medians, ms, one after another: what hangs on the size shows best without company. */
async function measureAll(bench: Bench, works: ReturnType<typeof listWorks>, which: string): Promise<number[]> {
  const medians: number[] = [];
  for (const [what, work] of works) {
    bench.note(`${what}, ${which}`);
    const times: number[] = [];
    for (let warm = 0; warm < 50; warm += 1) await work(warm);
    const until = performance.now() + (bench.seconds * 1000) / 4;
    while ((performance.now() < until || times.length < 100) && !bench.signal.aborted) {
      const at = performance.now();
      await work(times.length);
      times.push(performance.now() - at);
    }
    medians.push(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN);
  }
  return medians;
}

/** Three effects a delivery, as they stand after it was written. */
async function seedEffects(bench: Bench, database: Database, many: number): Promise<void> {
  bench.note("their effects");
  await database.query(
    "insert into crm_accounts (tenant, kind, account, crm) select 't-' || i, 'hubspot', '1', 'hubspot' from generate_series(0, 96) i",
  );
  for (const [effect, key, every] of [
    ["activity", "'eml_' || i", 1],
    ["deal", "'cnv_' || i", 5],
    ["contact", "'a' || i", 50],
  ] as const)
    await database.query(
      `insert into effects (tenant, crm, effect, key, state, record_id, event_id)
       select 't-' || i % 97, 'hubspot', '${effect}', ${key}, 'confirmed', '9' || i, 'evt_' || lpad(to_hex(i), 32, '0')
         from generate_series(1, $1::int, ${every}) i on conflict do nothing`,
      [many],
    );
  await database.query("vacuum analyze effects");
}

/** The oldest half goes, as a crm-sink would do it without its pauses. */
async function measureSweep(bench: Bench, ledger: Ledger, now: number): Promise<number> {
  bench.note("retention");
  const policies = Array.from({ length: 97 }, (_, n): TenantRetention => ({
    tenant: `t-${n}`,
    deliveriesMs: 45 * DAY_MS,
    sentMessagesMs: 45 * DAY_MS,
    blobsMs: 45 * DAY_MS,
  }));
  let place: SweepPlace | null = { receivedAt: 0, eventId: "" };
  let swept = 0;
  const startedAt = performance.now();
  while (place !== null && performance.now() - startedAt < bench.seconds * 1000 && !bench.signal.aborted) {
    const batch = await ledger.lifecycle.sweepDeliveries(policies, { place, now, limit: BATCH });
    swept += batch.counts["deliveries"] ?? 0;
    place = batch.next;
  }
  return swept / ((performance.now() - startedAt) / 1000);
}
