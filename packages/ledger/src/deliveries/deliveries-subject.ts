import { batchQueries } from "../batch-queries.ts";
import { appendJourneyEvent } from "./append-journey-event.ts";
import { BY_TENANT, type Statements } from "../statements.ts";
import { admit, type Admission, type Candidate } from "./admit.ts";
import { forgetDeliveryStarts, startIsolatedDelivery } from "./delivery-starts.ts";
import { finish, type AttemptResult } from "./finish.ts";
import { nameEmails, type Naming } from "./name-emails.ts";
import { accept, type AcceptedDelivery, type IncomingDelivery } from "./accept.ts";
import { markParsed, type Parsed } from "./mark-parsed.ts";
import { endIsolated, startIsolated, takeBackStarts } from "./parse-starts.ts";
import { takeStalled } from "./take-stalled.ts";
import { noteMappings, type MappingVersion } from "./mapping-versions.ts";
import { previewAdmissions, type Preview } from "./preview-admissions.ts";
import { acceptUndecodable, type UndecodableRecord } from "./accept-undecodable.ts";

/** Deliveries on their way: accepted, parsed, admitted, finished. */
export type Deliveries = ReturnType<typeof deliveriesOn>;

export function deliveriesOn({ database, on, people, parkedMaxBytes, release }: Statements) {
  const finishTogether = batchQueries<AttemptResult, null>(async (ends, shared) => {
    await finish(on(shared), ends, { parkedMaxBytes, release });
    return ends.map(() => null);
  }, BY_TENANT);
  return {
    accept: async (deliveries: readonly IncomingDelivery[], now: number): Promise<AcceptedDelivery[]> =>
      accept(database, deliveries, now),
    acceptUndecodable: async (incoming: IncomingDelivery, now: number): Promise<UndecodableRecord> =>
      acceptUndecodable(database, incoming, now),
    markParsed: async (parsed: readonly Parsed[]): Promise<void> => markParsed(database, people, parsed),
    /** The emailKey under which a parsed email goes on; kept on its row. */
    nameEmail: batchQueries<Naming, string>(async (namings) => nameEmails(database, namings)),
    takeBackStarts: async (
      deliveries: readonly { readonly tenant: string; readonly eventId: string }[],
    ): Promise<void> => takeBackStarts(database, deliveries),
    /** Counts a parse that goes on alone, and says that it ended. */
    startIsolated: async (tenant: string, eventId: string): Promise<number> => startIsolated(database, tenant, eventId),
    endIsolated: async (tenant: string, eventId: string): Promise<void> => endIsolated(database, tenant, eventId),
    startIsolatedDelivery: async (tenant: string, eventId: string): Promise<number> =>
      startIsolatedDelivery(database, tenant, eventId),
    forgetStarts: async (tenant: string, eventId: string): Promise<void> =>
      forgetDeliveryStarts(database, tenant, eventId),
    takeStalled: async (lanes: readonly string[], forMs: number) => takeStalled(database, lanes, forMs),
    admit: batchQueries<Candidate, Admission>(async (candidates, shared) => admit(on(shared), candidates), BY_TENANT),
    /** What `admit` would say of these records; of a replay most are unchanged. */
    previewAdmissions: async (asked: Parameters<typeof previewAdmissions>[1]): Promise<Preview[]> =>
      previewAdmissions(database, asked),
    noteMappings: async (mappings: readonly MappingVersion[]): Promise<void> => noteMappings(database, mappings),
    finish: async (end: AttemptResult): Promise<void> => {
      await finishTogether(end);
    },
    appendJourneyEvent: async (tenant: string, eventId: string, service: string, what: string, detail: object) =>
      appendJourneyEvent(database, tenant, eventId, service, what, detail),
  };
}
