import { activitySubject, chooseDeal, ok, treatmentOf, type DealChoice, type Outcome } from "@inlet/delivery";
import type { Claims } from "./claim-effects.ts";
import { callCrm } from "./call-crm.ts";
import type { EmailTry } from "./email-try.ts";
import { writeEffect } from "./write-effect.ts";

/** Mark of every deal that Inlet makes (WR3). */
export const DEAL_TAG = "email-sourced";

/** Chooses the deal by its best evidence; a deal named by an address tag must be there, else the next best evidence counts. */
export async function findDeal(email: EmailTry): Promise<Outcome<DealChoice>> {
  const { event, tenant } = email;
  const candidates = {
    tags: event.addressTags,
    conversationId: email.conversationId,
    policy: treatmentOf(event, tenant.classes).policy,
    newDeal: tenant.crm.newDeal,
  };
  const choice = chooseDeal(candidates);
  if (choice.kind !== "named") return ok(choice);
  const found = await callCrm(email, "get-deal", async (options) => email.crm.adapter.getDeal(choice.dealId, options));
  if (found.kind !== "ok") return found;
  if (found.value !== null) return ok(choice);
  email.warnings.push(`deal_tag_unknown: the CRM has no deal ${choice.dealId}`);
  return ok(chooseDeal({ ...candidates, tags: [] }));
}

/** The deal's CRM id, or null where the email has none. The conversation remembers it: replies without the tag find it again. */
export async function writeDeal(
  email: EmailTry,
  claims: Claims,
  choice: DealChoice,
  contactId: string,
): Promise<Outcome<string | null>> {
  if (choice.kind === "none" || (choice.kind === "conversation" && !choice.create)) {
    email.evidence["deal"] = choice.evidence;
    return ok(null);
  }
  const key = email.conversationId;
  const claimed = claims.of("deal", key);
  if (choice.kind === "named") {
    if (claimed.state === "won") email.effects.confirmed("deal", key, { recordId: choice.dealId, created: false });
    email.summary.push({ effect: "deal", key, recordId: choice.dealId, created: false });
    email.evidence["deal"] = choice.evidence;
    return ok(choice.dealId);
  }
  if (claimed.state === "confirmed" && claimed.recordId !== null) {
    email.summary.push({ effect: "deal", key, recordId: claimed.recordId, created: false });
    email.evidence["deal"] = choice.evidence;
    return ok(claimed.recordId);
  }
  const outcome = await writeEffect(email, "deal", key, async (options) =>
    email.crm.adapter.createDeal(
      { key, name: activitySubject(email.event.subject), contactId, tags: dealTags(email), ...dealPlace(email) },
      options,
    ),
  );
  if (outcome.kind !== "ok") return outcome;
  email.summary.push({ effect: "deal", key, ...outcome.value });
  email.evidence["deal"] = {
    matchedBy: "created",
    confidence: "none",
    detail: "no deal matched; the tenant's policy makes one",
  };
  return ok(outcome.value.recordId);
}

/** What the addresses say of a new deal stands on it: its campaign, its product, its queue. */
function dealTags({ event }: EmailTry): string[] {
  return [DEAL_TAG, ...event.addressTags.map(({ kind, value }) => `${kind}:${value}`.replaceAll(";", ","))];
}

/** Pipeline and stage of a new deal: those of the mailbox that the email reached, else the tenant's. */
function dealPlace({ event, tenant }: EmailTry): { pipeline: string | null; stage: string | null } {
  const mailbox = tenant.mailboxes.find(({ name }) => name === event.mailbox);
  const { pipeline, stage } = mailbox?.pipeline == null ? tenant.crm : mailbox;
  return { pipeline, stage };
}
