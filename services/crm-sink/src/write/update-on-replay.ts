import type { ActivityInput } from "@inlet/crm";
import { fieldsToUpdate, ok, type StepResult } from "@inlet/domain";
import { callCrm } from "../crm/call-crm.ts";
import type { HeldClaims } from "./claim-effects.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { KEPT, notTied, type ConfirmedActivity } from "./not-tied.ts";
import { digests, textsWritten, tiesWanted } from "./write-activity.ts";

type Texts = Readonly<Record<"subject" | "text", string>>;

/** What the tenant's rules could not do stands among its warnings. */
const RULE_WARNING = /^rule_(?:failed|without_deal):/;

/** A replay does nothing that rules want, so it finds no fault with that: what they could not do is told as it was when the email was written. */
export async function repeatRuleWarnings({ deps, event, warnings }: DeliveryAttempt): Promise<void> {
  const before = await deps.ledger.inspect.delivery(event.tenantId, event.eventId);
  warnings.push(...(before?.warnings ?? []).filter((each) => RULE_WARNING.test(each)));
}

/** What the tenant's rules wrote stands among the email's records, though a replay does none of it again. */
export function listRuleEffects(email: DeliveryAttempt, claims: HeldClaims): void {
  for (const { effect, key } of claims.all) {
    const claimed = claims.of(effect, key);
    if (effect !== "task" && effect !== "stage") continue;
    // What a rule that is new wants is not done for an email that is written: it happens once, with the email.
    if (claimed.state !== "confirmed") {
      email.changes.push({ record: effect, field: null, from: null, to: key, result: "not_fired" });
      continue;
    }
    email.summary.push({ effect, key, recordId: claimed.recordId, created: effect === "task" ? false : null });
  }
}

/**
 * A replay of what this delivery wrote: fields whose desired value changed are written where no one changed them in the CRM since; a record
 * that was deleted there stays deleted (docs/concepts/protocol.md, section 6).
 */
export async function updateOnReplay(
  email: DeliveryAttempt,
  activity: ConfirmedActivity,
  desired: ActivityInput,
): Promise<StepResult<null>> {
  const { read: readActivity, update: updateActivity } = email.crm.adapter.records.activity;
  const { recordId } = activity;
  email.summary.push({ effect: "activity", key: desired.key, recordId, created: false });
  const wanted = { subject: desired.subject, text: desired.text };
  if (recordId === null) return ok(null);
  const tied = await tieWhatIsNew(email, recordId, activity, desired);
  if (tied.kind !== "ok") return tied;
  const changed = Object.entries(digests(wanted)).some(([field, digest]) => activity.desired[field] !== digest);
  if (!changed) return ok(null);

  const read = await callCrm(email, "read-activity", readActivity, recordId);
  if (read.kind !== "ok") return read;
  if (read.value === null) return goneInCrm(email, desired.key);
  const there = { subject: read.value["subject"] ?? "", text: read.value["text"] ?? "" };
  const inCrm = asSent(activity, digests(there));
  let fields = Object.keys(fieldsToUpdate(digests(wanted), activity.desired, inCrm)) as (keyof typeof wanted)[];
  let stored: Readonly<Record<string, string>> = {};
  let fixed: readonly string[] = [];
  if (fields.length > 0) {
    const changed = Object.fromEntries(fields.map((field) => [field, wanted[field]]));
    const written = await callCrm(email, "update-activity", updateActivity, {
      recordId,
      changed,
      viewUrl: desired.viewUrl ?? null,
    });
    if (written.kind !== "ok") return written;
    if (written.value === null) return goneInCrm(email, desired.key);
    ({ fixed = [], stored = {} } = written.value);
    fields = fields.filter((field) => !fixed.includes(field));
  }
  const kept = Object.keys(wanted).filter((field) => !fields.includes(field as "text"));
  noteChanges(email, activity, { wanted, there, fields });
  email.evidence["replay"] = { updated: fields, kept, ...(fixed.length === 0 ? {} : { fixed }) };
  // What the CRM keeps as it was is not noted as written.
  const texts = Object.fromEntries(Object.entries(wanted).filter(([field]) => !fixed.includes(field)));
  const noted = textsWritten(texts, storedNow(activity, wanted, fields, stored));
  email.effects.confirmed("activity", desired.key, { recordId, created: null }, { ...noted, ...tied.value });
  return ok(null);
}

/** Fields whose desired value changed: they are written, or kept since a person changed them. */
function noteChanges(
  email: DeliveryAttempt,
  activity: ConfirmedActivity,
  { wanted, there, fields }: { wanted: Texts; there: Texts; fields: readonly string[] },
): void {
  for (const field of ["subject", "text"] as const) {
    if (activity.desired[field] === digests(wanted)[field]) continue;
    const result = fields.includes(field) ? "write" : "keep";
    email.changes.push({ record: "activity", field, from: there[field], to: wanted[field], result });
  }
}

/** What the CRM kept otherwise than it was sent, and still has so, is as Inlet sent it. */
function asSent({ desired }: ConfirmedActivity, inCrm: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inCrm).map(([field, digest]) => [
      field,
      digest === desired[`stored.${field}`] ? (desired[field] ?? digest) : digest,
    ]),
  );
}

/** What the CRM has of the fields that were written, where it keeps, or kept, them otherwise than they were sent. */
function storedNow(
  { desired }: ConfirmedActivity,
  wanted: Readonly<Record<string, string>>,
  written: readonly string[],
  stored: Readonly<Record<string, string>>,
): Record<string, string> {
  const before = written.filter((field) => desired[`stored.${field}`] !== undefined);
  return { ...Object.fromEntries(before.map((field) => [field, wanted[field] ?? ""])), ...stored };
}

/**
 * Ties the activity to a deal and to files that it was not written with: those that another mapping made, in this try or in one that ended before
 * it came here. What the ledger knows to be tied is left, since a person may have taken it away. Answers what is tied now, for the ledger.
 */
async function tieWhatIsNew(
  email: DeliveryAttempt,
  recordId: string,
  activity: ConfirmedActivity,
  desired: ActivityInput,
): Promise<StepResult<Record<string, string>>> {
  const wanted = tiesWanted(desired);
  const isNew = (field: string, made: boolean): boolean =>
    activity.desired[field] === undefined ? made : activity.desired[field] !== wanted[field];
  const made = (effect: "deal" | "file"): boolean =>
    email.summary.some((each) => each.effect === effect && each.created !== false);
  const ties = {
    ...(desired.dealId !== null && isNew("dealId", made("deal")) ? { dealId: desired.dealId } : {}),
    ...(desired.fileIds.length > 0 && isNew("fileIds", made("file")) ? { fileIds: desired.fileIds } : {}),
  };
  if (Object.keys(ties).length === 0) return ok({});
  // Should the call fail, the next try still knows.
  const open = Object.fromEntries(Object.keys(ties).map((field) => [field, ""]));
  email.effects.confirmed("activity", desired.key, { recordId, created: null }, digests(open));
  const { update } = email.crm.adapter.records.activity;
  const written = await callCrm(email, "associate", update, { recordId, changed: ties });
  if (written.kind === "deadLetter") {
    // Once it is made, what cannot be tied is at least told.
    email.warnings.push(notTied(Object.keys(ties), written.detail));
    return ok({});
  }
  if (written.kind !== "ok") return written;
  if (written.value === null) return goneInCrm(email, desired.key);
  const { fixed = [] } = written.value;
  const kept = Object.keys(ties).filter((field) => fixed.some((each) => each === field));
  if (kept.length > 0) email.warnings.push(notTied(kept, KEPT));
  const fields = Object.keys(ties).filter((field) => !kept.includes(field));
  for (const field of fields) email.changes.push({ record: "activity", field, from: null, to: null, result: "write" });
  const tied = Object.fromEntries(fields.map((field) => [field, wanted[field] ?? ""]));
  email.effects.confirmed("activity", desired.key, { recordId, created: null }, tied);
  return ok(tied);
}

function goneInCrm(email: DeliveryAttempt, key: string): StepResult<never> {
  email.effects.gone("activity", key);
  return { kind: "suppress", reason: "gone_in_crm" };
}
