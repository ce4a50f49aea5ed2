import { createBackoff } from "@inlet/resilience";
import type { EffectKind } from "@inlet/crm";
import { effectKey, ok, type DealChoice, type StepResult } from "@inlet/domain";
import type { ClaimResult } from "@inlet/ledger";
import type { AttachmentInfo } from "@inlet/schemas";
import { getSettleMs } from "../crm/call-crm.ts";
import { LEASE_MARGIN_MS } from "../limits.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** What a claim came to that no one else holds. */
export type Claimed = Exclude<ClaimResult, { state: "busy" }>;

/** Claims of one email by effect and key: `won` ones are ours to write, the others are there already. */
export interface Claims {
  of(effect: EffectKind, key: string): Claimed;
}

/** All of them, while the email holds them. */
export interface HeldClaims extends Claims {
  readonly all: readonly { readonly effect: EffectKind; readonly key: string }[];
  /** What the claim comes to from now on. */
  set(effect: EffectKind, key: string, claimed: Claimed): void;
}

export interface Plan {
  /** Normalized address of the sender. */
  readonly contact: string;
  /** Domain of the company to make; null: none is made. */
  readonly company: string | null;
  readonly deal: DealChoice;
  readonly files: readonly AttachmentInfo[];
  /** Of the tenant's rules. */
  readonly rules: readonly { readonly effect: EffectKind; readonly key: string }[];
}

// Others hold a claim for as long as a CRM call takes; waiting here for a moment spares most twins a row in the ledger.
const PATIENCE_MS = 2_000;
const LONGEST_DELAY_MS = 2_000;

/**
 * Claims everything the email is to write in one statement, all or nothing: while one of them is held by another email's try, the rest is
 * given back, so that two emails never wait for each other.
 */
export async function claimEffects(email: DeliveryAttempt, plan: Plan): Promise<StepResult<HeldClaims>> {
  const { deps, event, owner, effects } = email;
  const wanted: { effect: EffectKind; key: string }[] = [
    { effect: "contact", key: effectKey.contact(plan.contact) },
    ...(plan.company === null ? [] : [{ effect: "company" as const, key: effectKey.company(plan.company) }]),
    ...(plan.deal.kind === "none" ? [] : [{ effect: "deal" as const, key: effectKey.deal(email.conversationId) }]),
    ...plan.files.map((file) => ({ effect: "file" as const, key: effectKey.file(event.emailKey, file.sha256) })),
    ...plan.rules,
    { effect: "activity", key: effectKey.activity(event.emailKey) },
  ];
  const patientUntil = deps.monotonic() + PATIENCE_MS;
  const backoff = createBackoff({ firstMs: 25, mostMs: 400 });
  for (;;) {
    // Fixed before the claim, so that the lease that Postgres gives always outlasts it.
    const leaseMs = Math.max(0, email.deadline - deps.monotonic()) + LEASE_MARGIN_MS;
    const results = await deps.ledger.effects.claim(
      wanted.map(({ effect, key }) => ({
        tenant: event.tenantId,
        crm: email.crm.key,
        effect,
        key,
        owner,
        eventId: event.eventId,
        leaseMs,
        settleMs: getSettleMs(email, effect),
      })),
    );
    const busy = results.filter((result) => result.state === "busy");
    const giveBack = async (): Promise<void> =>
      deps.ledger.effects.release(
        wanted.flatMap(({ effect, key }, index) => {
          const result = results[index];
          return result?.state === "won"
            ? [{ tenant: event.tenantId, crm: email.crm.key, effect, key, owner, settle: result.settle }]
            : [];
        }),
      );
    if (busy.length === 0 && (await joinedMeanwhile(email, wanted, results))) {
      await giveBack();
      return { kind: "retry", code: "conversation_being_joined", attempt: null, delayMs: 0 };
    }
    if (busy.length === 0) {
      wanted.forEach(({ effect, key }, index) => {
        const result = results[index];
        if (result?.state !== "won") return;
        const { settle, claimedMsAgo = null } = result;
        effects.won(effect, key, settle, claimedMsAgo === null ? null : deps.now() - claimedMsAgo);
      });
      deps.failpoint("after-claim");
      return ok(heldClaims(email, wanted, results as Claimed[]));
    }
    await giveBack();
    const forMs = Math.max(...busy.map((result) => result.forMs));
    if (deps.monotonic() + backoff.nextMs > patientUntil) {
      return { kind: "retry", code: "claimed_by_another", attempt: null, delayMs: Math.min(forMs, LONGEST_DELAY_MS) };
    }
    await backoff.wait();
  }
}

/** An effect that this try has written is there already, for a step that is made once more. */
function heldClaims(
  { effects, event }: DeliveryAttempt,
  wanted: HeldClaims["all"],
  results: readonly Claimed[],
): HeldClaims {
  const found = new Map(wanted.map(({ effect, key }, index) => [`${effect} ${key}`, results[index] as Claimed]));
  return {
    all: wanted,
    of: (effect, key) => {
      const written = effects.written(effect, key);
      const claimed = found.get(`${effect} ${key}`) as Claimed;
      return written === null || claimed.state === "confirmed"
        ? claimed
        : { ...written, state: "confirmed", eventId: event.eventId, gone: false };
    },
    set: (effect, key, claimed) => void found.set(`${effect} ${key}`, claimed),
  };
}

/**
 * Whether another email joined this conversation to one of another id after this one had asked for it and before it claimed the deal: then
 * the deal claimed here would be the conversation's second. While a deal is claimed no one joins, so the answer holds.
 */
async function joinedMeanwhile(
  email: DeliveryAttempt,
  wanted: readonly { readonly effect: EffectKind }[],
  results: readonly ClaimResult[],
): Promise<boolean> {
  if (!wanted.some(({ effect }, index) => effect === "deal" && results[index]?.state === "won")) return false;
  const canonical = await email.deps.ledger.conversations.canonical({
    tenant: email.event.tenantId,
    conversationId: email.conversationId,
    messageId: null,
    related: [],
    roots: [],
  });
  return canonical !== email.conversationId;
}
