import { describeOffline, type OfflineError } from "@inlet/email";
import type { NormalizedEvent } from "@inlet/schemas";
import { describeForTenant, evaluateTenantRules, type RulesDryRun, type TenantRules } from "./try-rules.ts";

export interface TryJob {
  readonly bytes: Uint8Array;
  /** Its name says what it is: signed JSON where it ends in `.json`, else MIME. */
  readonly file: string;
  /** The address that the email reached, where its own headers do not say it. */
  readonly recipient: string | null;
  readonly tenant: { readonly id: string; readonly rules: TenantRules };
  /** Epoch ms. */
  readonly now: number;
}

export interface TriedEmail {
  /** What `inlet parse` says. */
  readonly parsed: NormalizedEvent;
  /** The same for the tenant: with its mailboxes, its contact's rules, its ids. */
  readonly event: NormalizedEvent;
  /** What `inlet rules try` says. */
  readonly rules: RulesDryRun;
}

/** What Inlet understands of an email, and what a tenant's rules make of it. Pure; never throws. */
export async function tryEmail({ bytes, file, recipient, tenant, now }: TryJob): Promise<TriedEmail | OfflineError> {
  const parsed = await describeOffline(bytes, { file, now });
  if ("error" in parsed) return parsed;
  const context = { file, recipient: recipient ?? undefined, now, tenantId: tenant.id };
  const event = await describeForTenant(bytes, tenant.rules, context);
  if ("error" in event) return event;
  return { parsed, event, rules: await evaluateTenantRules(event, tenant.rules, now) };
}
