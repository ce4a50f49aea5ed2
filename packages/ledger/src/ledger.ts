import { accessOn } from "./access/access.ts";
import { appendAudit } from "./audit/append-audit.ts";
import { auditOn } from "./audit/audit.ts";
import { mayHoldBlobs, noteBlobStore } from "./blob-stores.ts";
import { circuitsOn } from "./circuits/circuits-subject.ts";
import { conversationsOn } from "./conversations/conversations-subject.ts";
import { impatient, openDatabase, type Database, type DatabaseOptions } from "./database.ts";
import { deadLettersOn } from "./deliveries/dead-letters.ts";
import { deliveriesOn } from "./deliveries/deliveries-subject.ts";
import { effectsOn } from "./effects/effects-subject.ts";
import { erasuresOn } from "./erasure/erasures-subject.ts";
import { personDigests } from "./erasure/person-digests.ts";
import { inspectOn } from "./inspect/inspect-subject.ts";
import { jobsOn } from "./jobs/jobs.ts";
import { lifecycleOn } from "./lifecycle/lifecycle-subject.ts";
import { migrate, pendingMigrations } from "./migrate.ts";
import { oauthGrants } from "./oauth-grants.ts";
import { recoveryOn } from "./operate/recover.ts";
import { outboxOn } from "./outbox/outbox-subject.ts";
import { quotaOn } from "./quota/quota-subject.ts";
import { proposalsOn } from "./requests/proposals.ts";
import { requestsOn } from "./requests/operation-requests.ts";
import { searchOn } from "./search/search-subject.ts";
import type { Statements } from "./statements.ts";
import { DEFAULT_PARKED_MAX_BYTES } from "./waiting/parking.ts";
import { viewsOn } from "./views/saved-views.ts";
import { withoutWriting } from "./without-writing.ts";
import { waitingOn } from "./waiting/waiting-subject.ts";

/**
 * The ledger by subject; who uses it takes the subjects that it needs. Methods that take one email share statements with the calls of
 * other emails that come at the same time. Every method throws {@link LedgerUnavailableError} when Postgres is away.
 */
export type Ledger = ReturnType<typeof ledgerOn>;

export interface LedgerOptions extends DatabaseOptions {
  /** Bytes of waiting records that the ledger keeps for a lane, shared by its tenants; default 2 GiB. */
  readonly parkedMaxBytes?: number;
  /** The release of Inlet that this process runs. */
  readonly release?: string;
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

/** A ledger that answers as the real one and keeps nothing, for dry runs. */
export function openDryLedger(options: LedgerOptions): Ledger {
  return ledgerOn(withoutWriting(openDatabase(options)), options);
}

/** The ledger on a database that is open; closed with it. */
export function ledgerOn(database: Database, options: Pick<LedgerOptions, "parkedMaxBytes" | "release"> = {}) {
  const hasty = impatient(database);
  const statements: Statements = {
    database,
    on: (shared) => (shared ? hasty : database),
    people: personDigests(database),
    parkedMaxBytes: options.parkedMaxBytes ?? DEFAULT_PARKED_MAX_BYTES,
    release: options.release ?? null,
  };
  return {
    migrate: async (): Promise<string[]> => migrate(database),
    pendingMigrations: async (): Promise<string[]> => pendingMigrations(database),
    /** Whether Postgres answers and has every migration. */
    ready: async (): Promise<boolean> =>
      pendingMigrations(database).then(
        (pending) => pending.length === 0,
        () => false,
      ),

    deliveries: deliveriesOn(statements),
    deadLetters: deadLettersOn(database),
    effects: effectsOn(statements),
    waiting: waitingOn(statements),
    circuits: circuitsOn(statements),
    quota: quotaOn(statements),
    outbox: outboxOn(statements),
    conversations: conversationsOn(statements),
    inspect: inspectOn(statements),
    search: searchOn(statements),
    /** People whose mail is erased. */
    erasures: erasuresOn(statements),
    /** How long things are kept, and what a legal hold keeps. */
    lifecycle: lifecycleOn(statements),
    /** Tokens of OAuth grants, sealed by their user; who holds the lease of a grant may renew them. */
    grants: oauthGrants(database),
    /** Work that an operator asked for and that the services carry out. */
    jobs: jobsOn(database),
    /** What `inlet ledger recover` asks. */
    recovery: recoveryOn(database),
    /** Who may ask the console and its API. */
    access: accessOn(database),
    /** What was asked of the console's API, so that asked twice it is done once. */
    requests: requestsOn(database),
    /** What waits for a second person. */
    proposals: proposalsOn(database),
    /** Filters of the list of emails that people keep. */
    views: viewsOn(database),
    /** Who did what: append-only, a hash chain for each tenant. */
    auditLog: auditOn(database),
    audit: async (actor: string, action: string, detail: object) => appendAudit(database, { actor, action, detail }),
    blobs: {
      mayHold: async (place: string): Promise<boolean> => mayHoldBlobs(database, place),
      note: async (place: string): Promise<string[]> => noteBlobStore(database, place),
    },

    close: async (): Promise<void> => database.close(),
  };
}
