import { ok, type StepResult } from "@inlet/domain";
import { callCrm } from "../crm/call-crm.ts";
import type { HeldClaims } from "./claim-effects.ts";
import type { DeliveryAttempt } from "../attempt.ts";

export interface DealPlace {
  readonly pipeline: string | null;
  readonly stage: string | null;
}

/** Pipeline and stage of a new deal: those of the mailbox that the email reached, else the tenant's. */
export function dealPlace({ event, tenant }: Pick<DeliveryAttempt, "event" | "tenant">): DealPlace {
  const mailbox = tenant.mailboxes.find(({ name }) => name === event.mailbox);
  const { pipeline, stage } = mailbox?.pipeline == null ? tenant.crm : mailbox;
  return { pipeline, stage };
}

/** Where a deal was put, as the ledger keeps it: in the words of the tenant's file, and in the CRM's own. */
export function placeWritten(place: DealPlace, stored: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { place: own } = stored;
  return { place: formatPlace(place), ...(own === undefined ? {} : { "stored.place": own }) };
}

/**
 * Moves the deal that this delivery made to the stage that the tenant's file names now, where people have not moved it since (docs/concepts/protocol.md, section 6). One
 * that an older Inlet made, which noted no place, stays, as it does in a CRM that does not tell where its deals stand.
 */
export async function moveDealOnReplay(email: DeliveryAttempt, claims: HeldClaims): Promise<StepResult<null>> {
  const key = email.conversationId;
  if (!claims.all.some((claim) => claim.effect === "deal" && claim.key === key)) return ok(null);
  const deal = claims.of("deal", key);
  if (deal.state !== "confirmed" || deal.gone || deal.recordId === null) return ok(null);
  const { recordId, desired } = deal;
  const wanted = dealPlace(email);
  const { stage } = wanted;
  if (deal.eventId !== email.event.eventId || desired["place"] === undefined) return ok(null);
  if (stage === null || desired["place"] === formatPlace(wanted)) return ok(null);
  const { read, update } = email.crm.adapter.records.deal;
  const found = await callCrm(email, "get-deal", read, recordId);
  if (found.kind !== "ok") return passOver(email, found);
  // A deal that a person deleted stays deleted.
  if (found.value === null) return ok(null);
  const { place: from = null } = found.value;
  const note = (result: "write" | "keep"): void =>
    void email.changes.push({ record: "deal", field: "place", from, to: formatPlace(wanted), result });
  if (from === null || from !== desired["stored.place"]) {
    note("keep");
    return ok(null);
  }
  const moved = await callCrm(email, "stage", update, { recordId, place: { ...wanted, stage }, addTags: [] });
  if (moved.kind !== "ok") return passOver(email, moved);
  if (moved.value === null) return ok(null);
  email.warnings.push(...(moved.value.warnings ?? []));
  note("write");
  const before = email.effects.written("deal", key)?.desired ?? {};
  const now = placeWritten(wanted, moved.value.stored);
  email.effects.confirmed("deal", key, { recordId, created: null }, { ...before, ...now });
  return ok(null);
}

/** The email is written all the same. */
function passOver(email: DeliveryAttempt, end: Exclude<StepResult<unknown>, { kind: "ok" }>): StepResult<null> {
  if (end.kind !== "deadLetter") return end;
  email.warnings.push(`deal_not_moved: ${end.detail}`);
  return ok(null);
}

function formatPlace({ pipeline, stage }: DealPlace): string {
  return `${pipeline ?? ""}/${stage ?? ""}`;
}
