import { BUFFER_CODE } from "../circuits/tenant-holds.ts";
import type { Database } from "../database.ts";
import { epochMs, msSince, msUntil } from "../milliseconds.ts";
import { LANE_CODE } from "../jobs/lane-move.ts";
import { QUOTA_CODE } from "../quota/rate-buckets.ts";
import { whereWaiting, type WaitingFilter } from "./by-hand.ts";

/** What keeps mail waiting, the strongest first: what holds all of a tenant's mail, then what holds one email. */
export type WaitReason =
  | "held"
  | "buffer"
  | "circuit"
  | "quota"
  | "conversation"
  | "lane"
  | "retry"
  | "crm"
  | "slow"
  | "parse";

/** What holds back all of a tenant's mail, as it is now. */
export interface TenantHold {
  readonly bufferSince: number | null;
  readonly bufferWhy: string | null;
  readonly circuitSince: number | null;
  readonly circuitCode: string | null;
  readonly probeInMs: number | null;
  /** ms until the tenant's quota has a token. */
  readonly tokensInMs: number | null;
}

/** Mail of a tenant that waits under one code. */
export interface WaitingMail extends TenantHold {
  readonly tenant: string;
  readonly stage: "parse" | "deliver";
  readonly kind: "retry" | "parked" | "held";
  readonly code: string;
  readonly emails: number;
  readonly oldestMs: number;
  /** Until the oldest of it is due. */
  readonly dueInMs: number;
}

/** One waiting email. */
export interface WaitingView extends Omit<WaitingMail, "emails"> {
  readonly attempt: number;
  /** An earlier email of its conversation waits. */
  readonly behind: string | null;
  /** Its record is in Kafka alone: its tenant has its share of the ledger's room. */
  readonly byReference: boolean;
  /** An operator has taken it out: it is about to end. Why. */
  readonly takenOut: string | null;
}

/** A waiting email in a list. */
export interface ListedWaiting extends WaitingView {
  readonly eventId: string;
  readonly lane: string;
  /** Epoch ms. */
  readonly since: number;
}

const HOLDS = `left join lateral (select * from circuits o where o.tenant = w.tenant and o.state = 'open' limit 1) c on true
     left join buffers b on b.tenant = w.tenant
     left join lateral (select max((1 - r.tokens) / r.per_second * 1000 - ${msSince("r.at")}) as ms
                          from rate_buckets r where r.tenant = w.tenant) q on true`;
const HOLD_FIELDS = `${epochMs("b.since")} as "bufferSince", b.why as "bufferWhy", ${epochMs("c.opened_at")} as "circuitSince", c.code as "circuitCode",
     case when c.tenant is not null then ${msUntil("c.probe_at")} end as "probeInMs", greatest(q.ms, 0)::double precision as "tokensInMs"`;

/** All that waits, by tenant and code, with what holds it: from its counts, and the oldest row of each, however much waits. */
export async function waitingMail(database: Database): Promise<WaitingMail[]> {
  return database.query<WaitingMail>(
    `with n as (
       select tenant, stage, kind, code, sum(email_count)::bigint as emails from waiting_counts group by 1, 2, 3, 4 having sum(email_count) > 0),
     w as (
       select n.*, oldest.since, oldest.due_at
         from n cross join lateral (
           select o.since, o.due_at from waiting o where o.tenant = n.tenant and o.stage = n.stage and o.kind = n.kind and o.code = n.code
            order by o.since limit 1) oldest)
     select w.tenant, w.stage, w.kind, w.code, w.emails, ${msSince("w.since")} as "oldestMs", ${msUntil("w.due_at")} as "dueInMs", ${HOLD_FIELDS}
       from w ${HOLDS} order by w.tenant, w.since`,
  );
}

const VIEW = `w.tenant, w.event_id as "eventId", w.lane, ${epochMs("w.since")} as since, w.stage, w.kind, w.code, w.attempt,
            ${msSince("w.since")} as "oldestMs", ${msUntil("w.due_at")} as "dueInMs", ${HOLD_FIELDS}, w.value is null as "byReference", w.end_why as "takenOut",
            (select e.event_id from waiting e where e.tenant = w.tenant and e.stage = w.stage and e.conversation_id = w.conversation_id and e.seq < w.seq
              order by e.seq limit 1) as behind`;

/** Why one email waits; null: it does not. */
export async function waitingView(database: Database, tenant: string, eventId: string): Promise<WaitingView | null> {
  const [row] = await database.query<WaitingView>(
    `select ${VIEW} from waiting w ${HOLDS} where w.tenant = $1 and w.event_id = $2`,
    [tenant, eventId],
  );
  return row ?? null;
}

/** The emails that wait, those that wait longest first. */
export async function listWaiting(database: Database, filter: WaitingFilter, limit: number): Promise<ListedWaiting[]> {
  const values: unknown[] = [limit];
  return database.query<ListedWaiting>(
    `with page as (select tenant, event_id from waiting w where ${whereWaiting(filter, values)} order by w.since, w.seq limit $1)
     select ${VIEW} from page join waiting w using (tenant, event_id) ${HOLDS} order by w.since, w.seq`,
    values,
  );
}

/** The strongest reason for which it waits. */
export function waitReason(
  mail: Pick<WaitingView, "stage" | "kind" | "code" | keyof TenantHold> & { readonly behind?: string | null },
): WaitReason {
  if (mail.kind === "held") return "held";
  if (mail.stage === "parse") return "parse";
  if (mail.bufferSince !== null) return "buffer";
  if (mail.circuitSince !== null) return "circuit";
  if ((mail.behind ?? null) !== null || mail.code === "behind_conversation" || mail.code === "behind_subject")
    return "conversation";
  if (mail.code === QUOTA_CODE) return "quota";
  if (mail.code === LANE_CODE) return "lane";
  if (mail.code === "crm_slow") return "slow";
  return mail.kind === "retry" || mail.code === BUFFER_CODE || mail.code === "circuit_open" ? "retry" : "crm";
}

/** One line for a person: why it waits, and until when. */
export function whyItWaits(
  mail: Parameters<typeof waitReason>[0] & { readonly dueInMs: number; readonly attempt?: number },
): string {
  const due = `next try ${inTime(mail.dueInMs)}`;
  switch (waitReason(mail)) {
    case "held":
      return "held back by an operator";
    case "buffer": {
      const why = mail.bufferWhy === null ? "" : ` (${mail.bufferWhy})`;
      return `buffer mode since ${at(mail.bufferSince)}${why}, until npx inlet buffer off`;
    }
    case "circuit":
      return `its CRM is away since ${at(mail.circuitSince)} (${mail.circuitCode ?? "unknown"}), next ping ${inTime(mail.probeInMs ?? 0)}`;
    case "quota":
      return `the quota of its CRM is used up, next token ${inTime(mail.tokensInMs ?? mail.dueInMs)}`;
    case "conversation":
      return mail.behind === undefined || mail.behind === null
        ? "behind an earlier email, until that one has ended"
        : `behind ${mail.behind} of its conversation, until that one has ended`;
    case "lane":
      return "its tenant moves to this lane: until what the old one holds of it has gone through";
    case "slow":
      return "its CRM is slow: it is being tried, or waits for a place";
    case "parse":
      return `what it needs to be parsed is away (${mail.code}), ${due}`;
    case "crm":
      return `a call fails though the CRM answers (${mail.code}), ${due}`;
    case "retry":
      return `${mail.code}, ${mail.attempt === undefined ? "" : `after ${mail.attempt} attempts, `}${due}`;
  }
}

function at(epoch: number | null): string {
  return epoch === null ? "an unknown time" : new Date(epoch).toISOString();
}

function inTime(ms: number): string {
  if (ms < 1_000) return "now";
  return ms < 120_000 ? `in ${Math.ceil(ms / 1000)} s` : `in ${Math.ceil(ms / 60_000)} min`;
}
