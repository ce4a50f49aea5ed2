import { ok, type StepResult } from "@inlet/domain";
import { H } from "@inlet/schemas";
import { callCrm } from "../crm/call-crm.ts";
import type { HeldClaims } from "./claim-effects.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** Mark of every deal that Inlet makes (WR3). */
const DEAL_TAG = "email-sourced";

/** What the addresses say of a new deal stands on it: its campaign, its product, its queue. */
export function dealTags({ event, sentMessages }: Pick<DeliveryAttempt, "event" | "sentMessages">): string[] {
  const campaigns = sentMessages.flatMap(({ campaign }) =>
    campaign === null ? [] : [{ kind: "campaign", value: campaign }],
  );
  const tags = [...event.addressTags, ...campaigns].map(({ kind, value }) => `${kind}:${value}`.replaceAll(";", ","));
  return [...new Set([DEAL_TAG, ...tags])];
}

/** The tags that a deal was given, as the ledger keeps them: digests, enough to tell which are new. */
export function tagsWritten(tags: readonly string[]): Record<string, string> {
  return { tags: tags.map(computeDigest).toSorted().join(";") };
}

/**
 * Adds the tags that the deal which `madeBy` brought should have by now and was not given: those of mailboxes that were changed since, and of
 * a second delivery of its email. One that a person took away is not given again, and none is taken away (docs/concepts/protocol.md, section 6).
 */
export async function addNewTags(
  email: DeliveryAttempt,
  claims: HeldClaims,
  madeBy: string,
): Promise<StepResult<null>> {
  const key = email.conversationId;
  if (!claims.all.some((claim) => claim.effect === "deal" && claim.key === key)) return ok(null);
  const deal = claims.of("deal", key);
  if (deal.state !== "confirmed" || deal.gone || deal.eventId !== madeBy) return ok(null);
  const { recordId, desired } = deal;
  // Deals that people made have no tags of Inlet's.
  if (recordId === null || desired["matchedBy"] !== "created") return ok(null);
  const given = new Set((desired["tags"] ?? "").split(";"));
  const addTags = dealTags(email).filter((tag) => !given.has(computeDigest(tag)));
  if (addTags.length === 0) return ok(null);
  const outcome = await callCrm(email, "tag-deal", email.crm.adapter.records.deal.update, {
    recordId,
    place: null,
    addTags,
  });
  if (outcome.kind === "deadLetter") {
    // The email is written all the same.
    email.warnings.push(`deal_not_tagged: ${addTags.join(", ")} (${outcome.detail})`);
    return ok(null);
  }
  if (outcome.kind !== "ok") return outcome;
  // A deal that a person deleted stays deleted.
  if (outcome.value === null) return ok(null);
  email.warnings.push(...(outcome.value.warnings ?? []));
  const tags = [...given, ...addTags.map(computeDigest)].filter((digest) => digest !== "");
  email.effects.confirmed("deal", key, { recordId, created: null }, { tags: tags.toSorted().join(";") });
  email.evidence["tags"] = { added: addTags };
  email.changes.push({ record: "deal", field: "tags", from: null, to: addTags.join(";"), result: "write" });
  return ok(null);
}

function computeDigest(tag: string): string {
  return H(tag).slice(0, 16);
}
