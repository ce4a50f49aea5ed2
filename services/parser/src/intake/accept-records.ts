import { isInfrastructureFault } from "@inlet/domain";
import type { KafkaRecord } from "@inlet/kafka";
import type { AcceptedDelivery, Parsed } from "@inlet/ledger";
import { UNKNOWN_TENANT } from "@inlet/schemas";
import { errorForLog, hideMessages, metrics } from "@inlet/telemetry";
import type { ParserDeps } from "./incoming-delivery.ts";
import { handleDelivery } from "./handle-delivery.ts";
import { disown, openRecord, type Opened } from "./read-delivery.ts";

export interface Accepted {
  readonly opened: Opened;
  readonly arrived: AcceptedDelivery;
}

/**
 * Opens the records of a batch and gives each its row, in one statement. No record stops its company: where the ledger refuses the batch, each goes
 * by itself, and the one that it refuses becomes a record of no one. Of records that cannot even be opened now (the registry is away) those before
 * them are answered, and `fault` says why the rest are not. Throws infrastructure faults that leave none.
 */
export async function acceptRecords(
  deps: ParserDeps,
  records: readonly KafkaRecord[],
): Promise<{ readonly accepted: readonly Accepted[]; readonly fault: Error | null }> {
  const opening = await Promise.allSettled(records.map(async (record) => openRecord(deps, record)));
  const unopened = opening.findIndex(({ status }) => status === "rejected");
  const opened = opening
    .slice(0, unopened === -1 ? undefined : unopened)
    .flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const stop = opening[unopened];
  const fault = stop?.status === "rejected" ? (stop.reason as Error) : null;
  if (fault !== null && opened.length === 0) throw fault;
  return { accepted: await acceptOpened(deps, opened), fault };
}

async function acceptOpened(deps: ParserDeps, opened: readonly Opened[]): Promise<Accepted[]> {
  try {
    return await accept(deps, opened);
  } catch (error) {
    if (isInfrastructureFault(error)) throw error;
    raiseAlert(deps, error, "the ledger refuses a batch: each record goes by itself");
    const accepted: Accepted[] = [];
    for (const each of opened) {
      const [one] = await accept(deps, [each]).catch(async (cause: unknown) => {
        if (isInfrastructureFault(cause)) throw cause;
        return accept(deps, [disown(each.record, `the ledger refuses its ids: ${(cause as Error).name}`)]);
      });
      accepted.push(one as Accepted);
    }
    return accepted;
  }
}

async function accept(deps: ParserDeps, opened: readonly Opened[]): Promise<Accepted[]> {
  const rows = await deps.ledger.deliveries.accept(
    opened.map(({ incoming }) => incoming),
    deps.now(),
  );
  const accepted = opened.map((each, index) => ({ opened: each, arrived: rows[index] as AcceptedDelivery }));
  return Promise.all(accepted.map(async (each) => (isAnothers(each) ? disowned(deps, each.opened) : each)));
}

/** As the row of a record that no one can read stands before and after its end. */
const ITS_OWN = new Set(["accepted", "dead_lettered"]);

/** What no one can read and names a row that another record has taken further, or that waits with bytes of its own, is not that row's. */
function isAnothers({ opened, arrived }: Accepted): boolean {
  const { event, incoming } = opened;
  return event.kind === "deadLetter" && !ITS_OWN.has(arrived.state) && incoming.tenant !== UNKNOWN_TENANT;
}

async function disowned(deps: ParserDeps, { record, event }: Opened): Promise<Accepted> {
  const [accepted] = await accept(deps, [disown(record, event.kind === "deadLetter" ? event.detail : event.kind)]);
  return accepted as Accepted;
}

/** Handles an accepted record; a fault of our own that even its ending meets makes it a record of no one. Throws infrastructure faults. */
export async function handleAccepted(deps: ParserDeps, { opened, arrived }: Accepted): Promise<Parsed | null> {
  if (arrived.state === "dead_lettered" || arrived.erased) {
    metrics.droppedRecords.inc({ service: "parser", why: "already_ended" });
    return null;
  }
  try {
    return await handleDelivery(deps, opened, { ...arrived, attempts: {}, since: null });
  } catch (error) {
    if (isInfrastructureFault(error)) throw error;
    raiseAlert(deps, error, "a record cannot be ended as what it says to be");
    const [unowned] = await accept(deps, [disown(opened.record, `cannot be ended: ${(error as Error).name}`)]);
    const { opened: disowned, arrived: row } = unowned as Accepted;
    return handleDelivery(deps, disowned, { ...row, attempts: {}, since: null });
  }
}

/** Moves the rows of parsed emails on. One that the ledger refuses stays behind: the sink takes it up by its record. Throws infrastructure faults. */
export async function markParsed(deps: ParserDeps, parsed: readonly Parsed[]): Promise<void> {
  try {
    await deps.ledger.deliveries.markParsed(parsed);
  } catch (error) {
    if (isInfrastructureFault(error) || parsed.length === 0) throw error;
    raiseAlert(deps, error, "the ledger refuses a parsed email");
    if (parsed.length > 1) for (const one of parsed) await markParsed(deps, [one]);
  }
}

function raiseAlert(deps: ParserDeps, error: unknown, message: string): void {
  metrics.alerts.inc({ code: "unexpected_error" });
  deps.log.error({ err: hideMessages(errorForLog(error)) }, message);
}
