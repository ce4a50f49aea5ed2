import type { RecordReader } from "@inlet/kafka";
import { poll, readWaitingRecords, type Poller } from "@inlet/ledger";
import { errorForLog } from "@inlet/telemetry";
import type { ParserDeps } from "./incoming-delivery.ts";
import { handleDelivery } from "./handle-delivery.ts";
import { openRecord } from "./read-delivery.ts";
import { endRecordGone } from "./record-gone.ts";

const LEASE_MS = 120_000;

/** Takes deliveries whose attachments could not be fetched when they are due, and parses them again. */
export function releaseWaiting(deps: ParserDeps, reader: RecordReader, lanes: readonly string[]): Poller {
  return poll(
    async () => {
      const due = await deps.ledger.waiting.take({
        stage: "parse",
        lanes,
        owner: deps.instance,
        leaseMs: LEASE_MS,
        perTenant: 4,
        limit: 16,
      });
      const readRecord = readWaitingRecords(reader, due);
      for (const email of due) {
        const { pass, attempts, since } = email;
        const record = await readRecord(email);
        if (record === null) {
          await endRecordGone(deps, email);
          continue;
        }
        const parsed = await handleDelivery(deps, await openRecord(deps, record), {
          state: "waiting",
          starts: 1,
          pass,
          parsedAfter: 0,
          erased: false,
          attempts,
          since,
        });
        if (parsed !== null) await deps.ledger.deliveries.markParsed([parsed]);
      }
      return due.length > 0;
    },
    {
      idleMs: 1_000,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "waiting deliveries cannot be parsed"),
    },
  );
}
