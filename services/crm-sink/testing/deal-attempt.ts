import { createMemoryBlobStore } from "@inlet/blob-store";
import type { CallResult, DealRead, DealInput } from "@inlet/crm";
import { fakeCrm } from "@inlet/crm/testing";
import type { RelatedDeals, RelatedDealsQuestion } from "@inlet/ledger";
import type { NormalizedEvent } from "@inlet/schemas";
import { createDealCache } from "../src/crm/deal-cache.ts";
import { createEffectTracker } from "../src/write/effect-tracker.ts";
import type { DeliveryAttempt } from "../src/attempt.ts";
import { buildFacts } from "../src/facts.ts";
import { findDeal } from "../src/write/write-deal.ts";

export const RELATED: RelatedDeals = {
  conversationHasDeal: false,
  sameSubject: [],
  undecidedForMs: null,
  campaignMessages: [],
};

export const at = (eventId: string, dealId: string) => ({ eventId, dealId });

export const of = (campaign: string, dealId: string) => ({ messageId: "m1@inlet.example", campaign, dealId });

export interface Given {
  readonly related?: Partial<RelatedDeals>;
  /** Deals that the CRM has. */
  readonly deals?: readonly string[];
  /** Those of them that are lost. */
  readonly lost?: readonly string[];
  readonly event?: object;
  readonly tenant?: object;
  readonly newDeal?: "create" | "none";
  /** What the CRM says of a message that is answered. */
  readonly sent?: CallResult<{ messageId: string; dealId: string } | null>;
}

/** An email whose ledger and CRM answer as told; what they were asked. */
export function emailWith(given: Given = {}) {
  const { related = {}, deals = [], lost = [], event = {}, tenant = {}, newDeal = "create", sent } = given;
  const asked: RelatedDealsQuestion[] = [];
  const calls: string[] = [];
  const found = (id: string): CallResult<DealRead | null> => ({
    ok: true,
    value: deals.includes(id) ? { recordId: id, closed: lost.includes(id) ? "lost" : null } : null,
  });
  const adapter = fakeCrm({
    activity: { findSent: async (ids: readonly string[]) => (calls.push(`sent ${ids.join(" ")}`), sent) },
    deal: {
      read: async (id: string) => (calls.push(`get ${id}`), found(id)),
      lookup: async (sought: object) => (calls.push(`lookup ${Object.values(sought).join(" ")}`), found("made")),
      write: async ({ companyId }: DealInput) => (
        calls.push(`create${companyId === null ? "" : ` at ${companyId}`}`),
        { ok: true, value: { recordId: "new", created: true } }
      ),
    },
  });
  const seen = {
    tenantId: "acme",
    eventId: "evt_9",
    emailKey: "eml_9",
    receivedAt: 1_000,
    from: { name: null, email: "Ada@Example.com" },
    replyTo: [],
    subject: "Re: Pump P-300 leaks",
    auth: { spf: null, dkim: null, dmarc: null },
    spamVerdict: null,
    classification: { kind: "human", reasons: [] },
    addressTags: [{ kind: "campaign", value: "q2", address: "campaign-q2@inlet.example" }],
    mailbox: null,
    messageId: "m9@example.com",
    inReplyTo: null,
    references: [],
    ...event,
  } as unknown as NormalizedEvent;
  const email = {
    deps: {
      now: () => 0,
      monotonic: () => 0,
      random: () => 0.5,
      failpoint: () => {},
      ledger: {
        circuits: {
          recordFailedCall: async () => ({ again: false, othersGotThrough: false, othersFailed: 0, failingMs: 0 }),
        },
        conversations: {
          relatedDeals: async (question: RelatedDealsQuestion) => (asked.push(question), { ...RELATED, ...related }),
        },
      },
    },
    event: seen,
    facts: buildFacts(seen, { classes: {}, ...tenant }, createMemoryBlobStore()),
    tenant: {
      classes: {},
      matching: { recentSubjectMs: 2_592_000_000, sentFromCrm: true, closedDeals: "replies" },
      outbound: {},
      mailboxes: [],
      crm: { newDeal, timeoutMs: 1_000, quota: { perSecond: 10 }, pipeline: null, stage: null },
      ...tenant,
    },
    crm: {
      kind: "hubspot",
      key: "hubspot",
      adapter,
      gate: async () => ({ buffered: false, behindQuota: false }),
      deals: createDealCache(() => 0),
      quotas: { take: async () => ({ ok: true }) },
      circuit: {
        state: async () => ({ open: false }),
        watch: () => {},
        call: async (_: string, call: () => unknown) => ({ open: false, result: await call() }),
      },
      answers: async () => ({ ok: false, fault: { kind: "outage" } }),
      foundAway: async () => {},
    },
    pass: 2,
    attempts: {},
    deadline: 60_000,
    conversationId: "cnv_9",
    sentMessages: [],
    isolated: true,
    renewed: true,
    effects: createEffectTracker(() => "hubspot", "sink/1"),
    warnings: [],
    changes: [],
    evidence: {},
    summary: [],
  } as unknown as DeliveryAttempt;
  return { email, asked, calls };
}

export const findChoice = async (given: Given) => {
  const { email, calls } = emailWith(given);
  const outcome = await findDeal(email);
  return { outcome, calls, warnings: email.warnings };
};
