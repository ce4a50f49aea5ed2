import { readRecordHeaders } from "@inlet/event-codec";
import type { KafkaRecord } from "@inlet/kafka";
import type { NormalizedEvent } from "@inlet/schemas";
import { createReplayPace, reportFault, type ReplayHandler, type ReplayPace } from "@inlet/service";
import { acceptRecords, handleAccepted, markParsed, type Accepted } from "../intake/accept-records.ts";
import type { Delivery, ParserDeps } from "../intake/incoming-delivery.ts";

/** Emails of replays that are parsed at once: live mail keeps the most of the pool. */
const PLACES = 4;
/** Records that are accepted at once: each counts as begun. */
const WAVE = 64;
/** Requests that the sink makes, as a rule, for an email whose content changed: it is delivered with live mail, so the parser keeps its pace. */
const COST = { requests: 3 };

/**
 * Parses records anew. What comes out as it was before goes no further; what is different goes on to the sink, no faster than the replays' share of
 * the tenant's CRM.
 */
export function createReplayHandler(deps: ParserDeps): ReplayHandler {
  const paces = new Map<string, ReplayPace>();
  const getPace = ({ id, crm }: Delivery["tenant"]): ReplayPace => {
    const limits = [{ unit: "requests", bucket: crm.kind, ...crm.quota }];
    const pace = paces.get(id) ?? createReplayPace(id, limits, deps.ledger);
    paces.set(id, pace);
    return pace;
  };
  const parseAgain = async (each: Accepted, signal: AbortSignal) => {
    let result = "dead_lettered";
    const parsed = await handleAccepted(
      {
        ...deps,
        replay: {
          mayGoOn: async (event, delivery) => {
            if (await isUnchanged(deps, event, delivery)) return false;
            const pace = getPace(delivery.tenant);
            await pace.turn(signal);
            pace.charge(COST);
            return true;
          },
          ended: (ended) => (result = ended),
        },
      },
      each,
    );
    return { parsed, result: each.arrived.state === "dead_lettered" || each.arrived.erased ? "skipped" : result };
  };
  return {
    handle: async (records, { signal, count }) => {
      let done = 0;
      try {
        for (let from = 0; from < records.length && !signal.aborted; from += WAVE) {
          const wave = records.slice(from, from + WAVE);
          const ended = await parseWave(deps, wave, { signal, parse: async (each) => parseAgain(each, signal) });
          for (const [index, result] of ended.entries()) count(from + index, result);
          done += ended.length;
          if (ended.length < wave.length) break;
        }
      } catch (error) {
        reportFault("parser", deps.log, error);
      }
      return done;
    },
  };
}

/** Parses a wave, some at once; answers what the first of them came to, up to one that did not end. */
async function parseWave(
  deps: ParserDeps,
  wave: readonly KafkaRecord[],
  {
    signal,
    parse,
  }: {
    signal: AbortSignal;
    parse: (each: Accepted) => Promise<{ parsed: Awaited<ReturnType<typeof handleAccepted>>; result: string }>;
  },
): Promise<string[]> {
  const { accepted, fault } = await acceptRecords(deps, wave);
  if (fault !== null) reportFault("parser", deps.log, fault);
  const results: string[] = [];
  /** Begun, and no row was moved on for them: their start does not count. */
  const idle = new Set(accepted);
  let faulted = false;
  let next = 0;
  const unmarked: NonNullable<Awaited<ReturnType<typeof handleAccepted>>>[] = [];
  const takeTurns = async (): Promise<void> => {
    for (let at = next++; at < accepted.length && !faulted && !signal.aborted; at = next++) {
      const each = accepted[at] as Accepted;
      try {
        const { parsed, result } = await parse(each);
        if (parsed !== null) unmarked.push(parsed);
        if (result !== "unchanged") idle.delete(each);
        results[at] = result;
      } catch (error) {
        faulted = true;
        reportFault("parser", deps.log, error);
      }
    }
  };
  await Promise.all(Array.from({ length: PLACES }, takeTurns));
  await markParsed(deps, unmarked);
  const begun = [...idle].map(({ opened }) => opened.incoming);
  if (begun.length > 0) await deps.ledger.deliveries.takeBackStarts(begun).catch(() => {});
  const undone = Array.from({ length: wave.length }, (_, at) => results[at]).indexOf(undefined);
  return results.slice(0, undone === -1 ? wave.length : undone);
}

/** Whether what was parsed is what is written, under the mapping of now. */
export async function isUnchanged(
  deps: Pick<ParserDeps, "ledger">,
  event: NormalizedEvent,
  { tenant, pass, record }: Delivery,
): Promise<boolean> {
  const { tenantId, eventId, emailKey, contentHash, parsedAt } = event;
  const [preview] = await deps.ledger.deliveries.previewAdmissions([
    {
      tenant: tenantId,
      eventId,
      emailKey,
      contentHash,
      parsedAt,
      mappingVersion: tenant.mappingVersion,
      pass: Math.max(pass, readRecordHeaders(record.headers).pass ?? 0),
    },
  ]);
  return preview?.verdict === "unchanged";
}
