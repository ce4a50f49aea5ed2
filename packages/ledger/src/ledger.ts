import { admit, takeStalled, type Admission, type Candidate } from "./deliveries/admitting.ts";
import { appendAudit } from "./audit/append-audit.ts";
import { auditOn } from "./audit/audit.ts";
import { mayHoldBlobs, noteBlobStore } from "./blob-stores.ts";
import { bufferOff, bufferOn, listBuffers, readGates, type Buffer, type Gate } from "./circuits/tenant-holds.ts";
import {
  probeSoon,
  readCircuit,
  recordOutage,
  recordSuccess,
  takeProbes,
  type CircuitState,
  type CrmOutage,
  type DueProbe,
} from "./circuits/circuits.ts";
import { batchQueries } from "./batch-queries.ts";
import { crmAccount, switchCrm, type CrmAccount } from "./effects/crm-accounts.ts";
import { canonicalConversations, type ConversationQuestion } from "./conversations/conversations.ts";
import { impatient, openDatabase, type Database, type DatabaseOptions } from "./database.ts";
import { forgetDeliveryStarts, startIsolatedDelivery } from "./deliveries/delivery-starts.ts";
import {
  activitiesAt,
  claim,
  follow,
  knownKey,
  reclaim,
  release,
  type ClaimRequest,
  type ClaimResult,
  type Release,
} from "./effects/effects.ts";
import { finish, type AttemptResult } from "./deliveries/ending.ts";
import type { StoredRecord } from "./waiting/stored-record.ts";
import {
  forgetFailedCalls,
  recordFailedCall,
  recordGotThrough,
  type CallEvidence,
  type FailedCall,
} from "./circuits/failing-operations.ts";
import * as inspecting from "./inspect/inspecting.ts";
import { listDeliveries, type DeliveryFilter, type ListedDelivery } from "./inspect/listing.ts";
import { jobsOn } from "./jobs/jobs.ts";
import { migrate, pendingMigrations } from "./migrate.ts";
import {
  finishNotification,
  takeNotifications,
  type DueNotification,
  type NotificationResult,
  type TakeNotifications,
} from "./outbox/notifications.ts";
import { nameEmails, type Naming } from "./deliveries/naming.ts";
import { oauthGrants } from "./oauth-grants.ts";
import { recoveryOn } from "./operate/recover.ts";
import * as operating from "./operate/operating.ts";
import { createAccounts } from "./inspect/reconciling.ts";
import {
  DEFAULT_PARKED_MAX_BYTES,
  KEEP_FROM_AGE_MS,
  keepReferenced,
  listAgingReferences,
  listParkedBytes,
  sumParkedBytes,
} from "./waiting/parking.ts";
import { previewAdmissions, type Preview } from "./deliveries/previewing.ts";
import { publishOutbox, type Publish } from "./outbox/outbox.ts";
import {
  accept,
  endIsolated,
  markParsed,
  startIsolated,
  takeBackStarts,
  type IncomingDelivery,
  type AcceptedDelivery,
  type Parsed,
} from "./deliveries/parsing.ts";
import { drawTokens, pauseBucket, type TokenDraw } from "./quota/rate-buckets.ts";
import { relatedDeals, type RelatedDeals, type RelatedDealsQuestion } from "./conversations/related-deals.ts";
import { endRematch, takeRematches, type Rematch, type RematchEnd } from "./effects/rematches.ts";
import { recordReferences, registerSent, type References, type SentMessage } from "./conversations/sent-messages.ts";
import { settleByHand, unknownEffects, type HandSettlement } from "./effects/settle-by-hand.ts";
import { takeTooOld, type TooOldTake } from "./waiting/too-old.ts";
import { acceptUndecodable, type UndecodableRecord } from "./deliveries/unreadable.ts";
import {
  conversationWaits,
  releaseHeads,
  replaceWaiting,
  takeWaiting,
  type ConversationKey,
  type TakeOptions,
  type WaitingEmail,
} from "./waiting/waiting.ts";
import { handWork } from "./waiting/hand-work.ts";
import { waitingMail, waitingView, type WaitingMail, type WaitingView } from "./waiting/why-waiting.ts";

/**
 * The ledger in the words of its users. Methods that take one email share statements with the calls of other emails that come at the
 * same time. Every method throws {@link LedgerUnavailableError} when Postgres is away.
 */
export type Ledger = ReturnType<typeof ledgerOn>;

export interface LedgerOptions extends DatabaseOptions {
  /** Bytes of waiting records that the ledger keeps for a lane, shared by its tenants; default 2 GiB. */
  readonly parkedMaxBytes?: number;
}

export function openLedger(options: LedgerOptions): Ledger {
  return {
    ...ledgerOn(openDatabase(options), options),
    migrate: async (): Promise<string[]> => {
      const patient = openDatabase({ ...options, patient: true, maxConnections: 1 });
      try {
        return await migrate(patient);
      } finally {
        await patient.close();
      }
    },
  };
}

/** The ledger on a database that is open; closed with it. */
export function ledgerOn(database: Database, options: Pick<LedgerOptions, "parkedMaxBytes"> = {}) {
  const byTenant = { getGroup: ({ tenant }: { readonly tenant: string }) => tenant };
  const hasty = impatient(database);
  /** What several tenants ask together waits for none of them. */
  const on = (shared: boolean): Database => (shared ? hasty : database);
  // Claims of one email are one input: all of them are in the same statement.
  const claimTogether = batchQueries<readonly ClaimRequest[], ClaimResult[]>(
    async (groups, shared) => {
      const answers = await claim(on(shared), groups.flat());
      let at = 0;
      return groups.map((group) => answers.slice(at, (at += group.length)));
    },
    { getGroup: ([first]) => first?.tenant ?? "" },
  );
  const finishTogether = batchQueries<AttemptResult, null>(async (ends, shared) => {
    await finish(on(shared), ends, options.parkedMaxBytes ?? DEFAULT_PARKED_MAX_BYTES);
    return ends.map(() => null);
  }, byTenant);
  return {
    migrate: async (): Promise<string[]> => migrate(database),
    pendingMigrations: async (): Promise<string[]> => pendingMigrations(database),
    /** Whether Postgres answers and has every migration. */
    ready: async (): Promise<boolean> =>
      pendingMigrations(database).then(
        (pending) => pending.length === 0,
        () => false,
      ),

    accept: async (deliveries: readonly IncomingDelivery[], now: number): Promise<AcceptedDelivery[]> =>
      accept(database, deliveries, now),
    markParsed: async (parsed: readonly Parsed[]): Promise<void> => markParsed(database, parsed),
    /** The emailKey under which a parsed email goes on; kept on its row. */
    nameEmail: batchQueries<Naming, string>(async (namings) => nameEmails(database, namings)),
    takeBackStarts: async (
      deliveries: readonly { readonly tenant: string; readonly eventId: string }[],
    ): Promise<void> => takeBackStarts(database, deliveries),
    startIsolated: async (tenant: string, eventId: string): Promise<number> => startIsolated(database, tenant, eventId),
    endIsolated: async (tenant: string, eventId: string): Promise<void> => endIsolated(database, tenant, eventId),

    startIsolatedDelivery: async (tenant: string, eventId: string): Promise<number> =>
      startIsolatedDelivery(database, tenant, eventId),
    forgetDeliveryStarts: async (tenant: string, eventId: string): Promise<void> =>
      forgetDeliveryStarts(database, tenant, eventId),
    takeStalled: async (lanes: readonly string[], forMs: number) => takeStalled(database, lanes, forMs),
    admit: batchQueries<Candidate, Admission>(async (candidates, shared) => admit(on(shared), candidates), byTenant),
    /** What `admit` would say of these records; of a replay most are unchanged. */
    previewAdmissions: async (asked: Parameters<typeof previewAdmissions>[1]): Promise<Preview[]> =>
      previewAdmissions(database, asked),
    acceptUndecodable: async (incoming: IncomingDelivery, now: number): Promise<UndecodableRecord> =>
      acceptUndecodable(database, incoming, now),
    canonicalConversation: batchQueries<ConversationQuestion, string | null>(
      async (questions, shared) => canonicalConversations(on(shared), questions),
      byTenant,
    ),
    conversationWaits: batchQueries<{ tenant: string; conversationId: string; eventId: string }, boolean>(
      async (asked) => conversationWaits(database, asked),
    ),
    registerSent: async (messages: readonly SentMessage[]): Promise<void> => registerSent(database, messages),
    recordReferences: batchQueries<References, SentMessage[]>(
      async (emails, shared) => recordReferences(on(shared), emails),
      byTenant,
    ),
    relatedDeals: batchQueries<RelatedDealsQuestion, RelatedDeals>(
      async (questions, shared) => relatedDeals(on(shared), questions),
      byTenant,
    ),
    takeRematches: async (take: Parameters<typeof takeRematches>[1]): Promise<Rematch[]> =>
      takeRematches(database, take),
    endRematch: async (rematch: Rematch, owner: string, end: RematchEnd): Promise<void> =>
      endRematch(database, rematch, owner, end),
    claim: claimTogether,
    /** A confirmed effect whose record is gone from the CRM, to be written once more. */
    reclaim: async (request: ClaimRequest & { readonly gone: string }): Promise<ClaimResult> =>
      reclaim(database, request),
    follow: async (moved: Parameters<typeof follow>[1]): Promise<void> => follow(database, moved),
    knownKey: async (asked: Parameters<typeof knownKey>[1]): Promise<string | null> => knownKey(database, asked),
    activitiesAt: async (tenant: string, dealId: string): Promise<string[]> => activitiesAt(database, tenant, dealId),
    release: async (claims: readonly Release[]): Promise<void> => release(database, claims),
    finish: async (end: AttemptResult): Promise<void> => {
      await finishTogether(end);
    },

    takeWaiting: async (take: TakeOptions): Promise<WaitingEmail[]> => takeWaiting(database, take),
    replaceWaiting: async (
      event: { tenant: string; eventId: string; parsedAt: number; pass: number },
      record: StoredRecord,
    ): Promise<void> => replaceWaiting(database, event, record),
    /** Rows by reference whose records Kafka deletes before long. */
    agingReferences: async (ask: Omit<Parameters<typeof listAgingReferences>[1], "olderThan">, now: number) =>
      listAgingReferences(database, { ...ask, olderThan: now - KEEP_FROM_AGE_MS }),
    keepReferenced: async (kept: Parameters<typeof keepReferenced>[1]): Promise<void> => keepReferenced(database, kept),
    sumParkedBytes: async (): Promise<void> => sumParkedBytes(database),
    parkedBytes: async (lanes: readonly string[]) => listParkedBytes(database, lanes),

    takeTooOld: async (take: TooOldTake): Promise<WaitingEmail[]> => takeTooOld(database, take),

    publishOutbox: async (publish: Publish): Promise<number> => publishOutbox(database, publish),

    takeNotifications: async (take: TakeNotifications): Promise<DueNotification[]> => takeNotifications(database, take),
    finishNotification: async (notice: DueNotification, end: NotificationResult): Promise<void> =>
      finishNotification(database, notice, end),

    circuit: async (tenant: string, crm: string): Promise<CircuitState> => readCircuit(database, tenant, crm),
    recordOutage: async (tenant: string, crm: string, outage: CrmOutage, probeDelayMs: (probes: number) => number) =>
      recordOutage(database, tenant, crm, outage, probeDelayMs),
    recordSuccess: async (tenant: string, crm: string, probe = false): Promise<boolean> =>
      recordSuccess(database, tenant, crm, probe),
    takeProbes: async (tenants: readonly { tenant: string; crm: string }[]): Promise<DueProbe[]> =>
      takeProbes(database, tenants),
    probeSoon: async (tenant: string, crm: string): Promise<void> => probeSoon(database, tenant, crm),
    recordFailedCall: async (call: FailedCall): Promise<CallEvidence> => recordFailedCall(database, call),
    recordGotThrough: async (tenant: string, crm: string, operation: string): Promise<void> =>
      recordGotThrough(database, tenant, crm, operation),
    forgetFailedCalls: async (): Promise<void> => forgetFailedCalls(database),
    releaseHeads: async (after: ConversationKey | null, limit: number): Promise<ConversationKey | null> =>
      releaseHeads(database, after, limit),
    pauseBucket: async (tenant: string, crm: string, ms: number): Promise<void> =>
      pauseBucket(database, tenant, crm, ms),
    drawTokens: async (draw: TokenDraw): Promise<{ granted: number; waitMs: number }> => drawTokens(database, draw),
    /** Tokens of OAuth grants, sealed by their user; who holds the lease of a grant may renew them. */
    grants: oauthGrants(database),
    /** The account in which a tenant's connection writes; refused where it is another one than before. */
    crmAccount: async (seen: { tenant: string; kind: string; account: string }): Promise<CrmAccount> =>
      crmAccount(database, seen),
    switchCrm: async (tenant: string, actor: string): Promise<string[]> => switchCrm(database, tenant, actor),
    gate: batchQueries<string, Gate>(async (tenants) => readGates(database, tenants)),
    bufferOn: async (tenant: string, by: { why: string | null; actor: string }): Promise<boolean> =>
      bufferOn(database, tenant, by),
    bufferOff: async (tenant: string, actor: string): Promise<number | null> => bufferOff(database, tenant, actor),
    buffers: async (): Promise<Buffer[]> => listBuffers(database),

    delivery: async (tenant: string, eventId: string) => inspecting.readDelivery(database, tenant, eventId),
    find: async (id: string) => inspecting.findDeliveries(database, id),
    journey: async (tenant: string, eventId: string) => inspecting.readJourney(database, tenant, eventId),
    getEffects: async (tenant: string, emailKey: string) => inspecting.getEffects(database, tenant, emailKey),
    mayHoldBlobs: async (place: string): Promise<boolean> => mayHoldBlobs(database, place),
    noteBlobStore: async (place: string): Promise<string[]> => noteBlobStore(database, place),
    list: async (filter: DeliveryFilter): Promise<ListedDelivery[]> => listDeliveries(database, filter),
    deadLetters: async (filter: inspecting.DeadLetterFilter) => inspecting.listDeadLetters(database, filter),
    countByState: async () => inspecting.countByState(database),
    /** What `inlet reconcile` asks, page by page. */
    accounts: createAccounts(database),
    /** What `inlet ledger recover` asks. */
    recovery: recoveryOn(database),
    getStates: async (events: readonly { tenant: string; eventId: string }[]) => inspecting.getStates(database, events),
    waitingMail: async (): Promise<WaitingMail[]> => waitingMail(database),
    waitingView: async (tenant: string, eventId: string): Promise<WaitingView | null> =>
      waitingView(database, tenant, eventId),
    ...handWork(database),
    outboxSize: async () => inspecting.outboxSize(database),

    /** Work that an operator asked for and that the services carry out. */
    jobs: jobsOn(database),
    /** Who did what: append-only, a hash chain for each tenant. */
    auditLog: auditOn(database),
    audit: async (actor: string, action: string, detail: object) => appendAudit(database, { actor, action, detail }),
    appendJourneyEvent: async (tenant: string, eventId: string, service: string, what: string, detail: object) =>
      operating.appendJourneyEvent(database, tenant, eventId, service, what, detail),
    unknownEffects: async (tenant: string, eventId: string) => unknownEffects(database, tenant, eventId),
    settleByHand: async (
      event: Parameters<typeof settleByHand>[1],
      settlements: readonly HandSettlement[],
    ): Promise<boolean> => settleByHand(database, event, settlements),

    close: async (): Promise<void> => database.close(),
  };
}
