import type { Database } from "../database.ts";
import { epochMs } from "../milliseconds.ts";

export interface ProposalRequest {
  readonly id: string;
  readonly operation: string;
  /** As the operation takes it. */
  readonly input: unknown;
  /** Null: every tenant. */
  readonly tenant: string | null;
  /** How many it touches; null where that is not known. */
  readonly emails: number | null;
  readonly proposer: string;
}

export const PROPOSAL_STATES = ["proposed", "approved", "rejected", "done", "failed", "expired"] as const;

/** What one person asked for and a second one is to approve. Times are epoch ms. */
export interface Proposal extends ProposalRequest {
  readonly proposedAt: number;
  readonly expiresAt: number;
  readonly state: (typeof PROPOSAL_STATES)[number];
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly why: string | null;
  /** Why it could not be done. */
  readonly problem: string | null;
}

const COLUMNS = `id, operation, input, tenant, emails, proposer, ${epochMs("proposed_at")} as "proposedAt", ${epochMs("expires_at")} as "expiresAt",
  case when state = 'proposed' and expires_at <= clock_timestamp() then 'expired' else state end as state,
  decided_by as "decidedBy", ${epochMs("decided_at")} as "decidedAt", why, problem`;

/** What the audit has of it: the input holds ids and filters, no content. */
const DETAIL =
  "jsonb_strip_nulls(jsonb_build_object('proposal', id, 'operation', operation, 'tenant', tenant, 'emails', emails, 'proposer', proposer, 'why', why, 'problem', problem, 'input', input))";

/** Keeps what was asked until someone else decides; audited in the same statement. */
export async function createProposal(database: Database, request: ProposalRequest): Promise<Proposal> {
  const { id, operation, input, tenant, emails, proposer } = request;
  const [row] = await database.query<Proposal>(
    `with made as (insert into proposals (id, operation, input, tenant, emails, proposer) values ($1, $2, $3::jsonb, $4, $5, $6) returning *),
          told as (insert into audit (actor, action, detail) select proposer, 'proposed', ${DETAIL} from made)
     select ${COLUMNS} from made`,
    [id, operation, JSON.stringify(input), tenant, emails, proposer],
  );
  if (row === undefined) throw new Error(`the proposal ${id} was not kept`);
  return row;
}

/**
 * Decides a proposal that is open still; audited in the same statement. Null where it is not: of two who decide at once one does. No one approves
 * the own one.
 */
export async function decideProposal(
  database: Database,
  id: string,
  decision: { readonly state: "approved" | "rejected"; readonly actor: string; readonly why: string | null },
): Promise<Proposal | null> {
  const [row] = await database.query<Proposal>(
    `with decided as (
       update proposals set state = $2, decided_by = $3, decided_at = clock_timestamp(), why = $4
        where id = $1 and state = 'proposed' and expires_at > clock_timestamp() and ($2 = 'rejected' or proposer <> $3) returning *),
      told as (insert into audit (actor, action, detail) select $3, 'proposal ' || $2, ${DETAIL} from decided)
     select ${COLUMNS} from decided`,
    [id, decision.state, decision.actor, decision.why],
  );
  return row ?? null;
}

/** Notes what came of an approved one. */
export async function endProposal(database: Database, id: string, problem: string | null): Promise<void> {
  await database.query(
    `update proposals set state = case when $2::text is null then 'done' else 'failed' end, problem = $2 where id = $1 and state = 'approved'`,
    [id, problem],
  );
}

export async function getProposal(database: Database, id: string): Promise<Proposal | null> {
  const [row] = await database.query<Proposal>(`select ${COLUMNS} from proposals where id = $1`, [id]);
  return row ?? null;
}

/** The newest first; of a tenant, those that concern every tenant are none. */
export async function listProposals(
  database: Database,
  { tenant, open, limit }: { readonly tenant?: string | undefined; readonly open: boolean; readonly limit: number },
): Promise<Proposal[]> {
  return database.query<Proposal>(
    `select ${COLUMNS} from proposals
      where ($1::text is null or tenant = $1) and (not $2::boolean or (state = 'proposed' and expires_at > clock_timestamp()))
      order by proposed_at desc, id limit $3`,
    [tenant ?? null, open, limit],
  );
}

/** What waits for a second person, and what came of it. */
export function proposalsOn(database: Database) {
  return {
    create: async (request: ProposalRequest): Promise<Proposal> => createProposal(database, request),
    decide: async (id: string, decision: Parameters<typeof decideProposal>[2]): Promise<Proposal | null> =>
      decideProposal(database, id, decision),
    end: async (id: string, problem: string | null): Promise<void> => endProposal(database, id, problem),
    get: async (id: string): Promise<Proposal | null> => getProposal(database, id),
    list: async (filter: Parameters<typeof listProposals>[1]): Promise<Proposal[]> => listProposals(database, filter),
  };
}
