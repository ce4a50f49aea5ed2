import { deadLetter } from "@inlet/domain";
import { poll, readWaitingRecords, type Ledger, type Poller, type ReferencedRecords } from "@inlet/ledger";
import { errorForLog, hideMessages } from "@inlet/telemetry";
import { finishDelivery, type FinishDeps } from "./finish-delivery.ts";
import { UNTOUCHED } from "./finished-delivery.ts";

const LEASE_MS = 60_000;
const IDLE_MS = 1_000;
/** In one round: dead letters are whole emails. */
const LIMIT = 64;

export interface TakenOutOptions {
  readonly service: "parser" | "crm-sink";
  readonly stage: "parse" | "deliver";
  readonly lanes: readonly string[];
  /** Unique to this process. */
  readonly owner: string;
}

export type TakenOutDeps = FinishDeps & {
  readonly ledger: {
    readonly deliveries: Pick<Ledger["deliveries"], "finish">;
    readonly waiting: Pick<Ledger["waiting"], "takeTakenOut">;
  };
};

/** Ends what an operator takes out of what waits (`inlet waiting dead-letter`), and what an erasure does, whatever keeps it; what stood behind it goes on. */
export function endTakenOut(deps: TakenOutDeps, records: ReferencedRecords, options: TakenOutOptions): Poller {
  return poll(async () => (await endOnce(deps, records, options)) === LIMIT, {
    idleMs: IDLE_MS,
    onError: (error) => deps.log.warn({ err: errorForLog(error) }, "mail that was taken out by hand cannot be ended"),
  });
}

/** One round; answers how many it took. */
async function endOnce(
  deps: TakenOutDeps,
  records: ReferencedRecords,
  { service, stage, lanes, owner }: TakenOutOptions,
): Promise<number> {
  const emails = await deps.ledger.waiting.takeTakenOut({ stage, lanes, owner, leaseMs: LEASE_MS, limit: LIMIT });
  const recordOf = readWaitingRecords(records, emails);
  for (const email of emails) {
    const { tenant, eventId, lane, parsedAt, pass, attempts, since, receivedAt, emailKey, code, why, erased } = email;
    try {
      // Where Kafka has lost it, its dead letter says where it lay.
      const record = erased ? email.record : ((await recordOf(email)) ?? email.record);
      await finishDelivery(
        deps,
        {
          ...UNTOUCHED,
          service,
          stage,
          tenant,
          eventId,
          lane,
          record,
          parsedAt,
          pass,
          attempts,
          since,
          receivedAt,
          maxAgeMs: Infinity,
          emailKey,
        },
        erased
          ? { kind: "suppress", reason: "erased" }
          : deadLetter("taken_out", "waiting", why === "" ? `it waited: ${code}` : `${why}; it waited: ${code}`),
      );
    } catch (error) {
      // Its lease runs out and it is taken again.
      deps.log.warn(
        { err: hideMessages(errorForLog(error)), tenant, event_id: eventId },
        "an email that was taken out by hand could not be ended",
      );
    }
  }
  return emails.length;
}
