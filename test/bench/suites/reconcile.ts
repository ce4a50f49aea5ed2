import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { initBlobStore } from "@inlet/blob-store";
import type { Database } from "@inlet/ledger/database";
import { askProcess } from "../ask-process.ts";
import { createBenchDatabase } from "../bench-database.ts";
import type { ReconcileCost } from "../reconcile-process.ts";
import { atLeast, atMost, type Bench, type Cell, type Report } from "../suite.ts";

export const name = "reconcile";
export const about =
  "`inlet reconcile --deep` over 100,000 and 1,000,000 deliveries: rows a second, peak memory; Kafka, Postgres";

/** Enough for the heap to have grown to what pages need: V8 takes what it may before it collects. */
const FEW = 100_000;
const MANY = 1_000_000;
const PROCESS = fileURLToPath(new URL("../reconcile-process.ts", import.meta.url));

export async function run(bench: Bench): Promise<Report> {
  const { env } = await bench.stack();
  const { connectionString, database } = await createBenchDatabase(bench, "reconcile");
  const blobs = pathToFileURL(path.join(bench.dir, "blobs")).href;
  await initBlobStore(blobs);
  const rows: Cell[][] = [];
  const costs: ReconcileCost[] = [];
  let made = 0;
  for (const deliveries of [FEW, MANY]) {
    if (bench.signal.aborted) break;
    bench.note(`${deliveries} deliveries`);
    await fill(database, made + 1, deliveries);
    made = deliveries;
    const cost = await askProcess<ReconcileCost>(PROCESS, {}, bench.signal, {
      ...env,
      DATABASE_URL: connectionString,
      BLOB_STORE_URL: blobs,
    });
    if (cost.exitCode !== 0) throw new Error(`reconcile ended with ${cost.exitCode}`);
    costs.push(cost);
    rows.push([deliveries, cost.ms / 1000, (deliveries / cost.ms) * 1000, cost.peakMb]);
  }
  const [few, many] = costs;
  return {
    tables: [
      { title: "inlet reconcile --deep", columns: ["deliveries", "s", "deliveries a second", "peak memory, MB"], rows },
    ],
    bars:
      few === undefined || many === undefined
        ? []
        : [
            atMost(`peak memory at ${MANY} of that at ${FEW}`, 1.5, many.peakMb / few.peakMb),
            atLeast(`deliveries a second at ${MANY} of those at ${FEW}`, 0.5, MANY / many.ms / (FEW / few.ms)),
          ],
  };
}

/** Ended so long ago that no record of them need be left, and waiting; half of them are in the journey. */
async function fill(database: Database, from: number, to: number): Promise<void> {
  const state = "case when i % 10 < 7 then 'written' when i % 10 < 9 then 'waiting' else 'dead_lettered' end";
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, source, source_kind, raw_topic, raw_partition, raw_offset, email_key,
         received_at, accepted_at, parsed_at, ended_at)
     select 't-' || i % 97, 'evt_' || i, 'shared', ${state}, 's', 'signed-json', 'raw-events', 0, i, 'eml_' || i, 1, 1, 1,
            case when i % 10 in (7, 8) then null else 1 end
       from generate_series($1::int, $2::int) i`,
    [from, to],
  );
  await database.query(
    `insert into waiting (tenant, event_id, lane, stage, kind, code, conversation_id, due_at, pass, attempt, order_parsed_at, topic,
         partition, "offset", record_timestamp, key, value, headers)
     select 't-' || i % 97, 'evt_' || i, 'shared', 'deliver', 'parked', 'circuit_open', 'cnv_' || i, clock_timestamp(), 0, 0, 1,
            'normalized-events', 0, i, 1, 'key', decode(repeat('00', 200), 'hex'), '[]'
       from generate_series($1::int, $2::int) i where i % 10 in (7, 8)`,
    [from, to],
  );
  await database.query(
    `insert into journey (tenant, event_id, service, what)
     select 't-' || i % 97, 'evt_' || i, 'crm-sink', 'written' from generate_series($1::int, $2::int) i where i % 2 = 0`,
    [from, to],
  );
  await database.query("analyze");
}
