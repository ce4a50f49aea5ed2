import type { RulesReading } from "@inlet/config";
import { compileRules, evaluateRules, getTreatment, wordIntents } from "@inlet/domain";
import type { IntentFinding, RuleResult, Treatment } from "@inlet/domain";
import { describeOffline } from "@inlet/email";
import type { OfflineError } from "@inlet/email";
import { senderRules } from "@inlet/mailboxes";
import type { NormalizedEvent } from "@inlet/schemas";

/** What `inlet rules try` shows: JSON-safe. */
export interface RulesDryRun {
  readonly mailbox: string | null;
  readonly class: string;
  readonly spamVerdict: string | null;
  /** What the tenant does with mail of that class; mail that is suppressed meets no rules. */
  readonly policy: Treatment["policy"];
  readonly tags: readonly { readonly kind: string; readonly value: string }[];
  /** Every intent of the tenant that the email has. */
  readonly intents: readonly IntentFinding[];
  /** Times are epoch ms, as if the email came now. */
  readonly rules: readonly RuleResult[];
}

export type TenantRules = NonNullable<RulesReading["tenant"]>;

export interface TryContext {
  readonly file: string;
  /** The address that the email reached, where its own headers do not say it. */
  readonly recipient: string | undefined;
  /** Epoch ms. */
  readonly now: number;
  /** Whose ids the email gets; those of no tenant without it. */
  readonly tenantId?: string;
}

/** Holds an email against a tenant's rules as the sink does, and does nothing of it. Never throws. */
export async function tryRules(
  bytes: Uint8Array,
  tenant: TenantRules,
  context: TryContext,
): Promise<RulesDryRun | OfflineError> {
  const described = await describeForTenant(bytes, tenant, context);
  return "error" in described ? described : evaluateTenantRules(described, tenant, context.now);
}

/** The email as the parser would hand it on for this tenant. */
export async function describeForTenant(
  bytes: Uint8Array,
  { mailboxes, contactFrom }: TenantRules,
  { file, recipient, now, tenantId }: TryContext,
): Promise<NormalizedEvent | OfflineError> {
  return describeOffline(bytes, {
    file,
    now,
    mailboxes,
    contactRules: { contactFrom, formInBody: mailboxes.flatMap(({ name, formInBody }) => (formInBody ? [name] : [])) },
    ...(recipient === undefined ? {} : { recipient }),
    ...(tenantId === undefined ? {} : { tenantId }),
  });
}

export async function evaluateTenantRules(
  described: NormalizedEvent,
  tenant: TenantRules,
  now: number,
): Promise<RulesDryRun> {
  // Bodies are inline, offline.
  const replyText = typeof described.replyText === "string" ? described.replyText : null;
  const email = { ...described, replyText };
  const intents = await wordIntents(tenant.intents).findIntents(
    email,
    tenant.intents.map(({ name }) => name),
  );
  const { policy } = getTreatment(email, tenant.classes);
  const results = evaluateRules({ ...email, intents }, compileRules(tenant.rules, senderRules), now);
  return {
    mailbox: email.mailbox,
    class: email.classification.kind,
    spamVerdict: email.spamVerdict,
    policy,
    tags: email.addressTags.map(({ kind, value }) => ({ kind, value })),
    intents,
    rules: policy === "suppress" ? results.map((result) => ({ ...result, actions: [] })) : results,
  };
}
