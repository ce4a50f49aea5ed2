import { createHash } from "node:crypto";
import type { ActivityInput } from "@inlet/crm";
import { activitySubject, activityText, activityTime, ok, type StepResult } from "@inlet/domain";
import { isBlobRef, resolveText } from "@inlet/event-codec";
import type { DeliveryAttempt } from "../attempt.ts";
import { writeEffect } from "./write-effect.ts";

export interface ActivityLinks {
  readonly contactId: string;
  readonly companyId: string | null;
  readonly dealId: string | null;
  readonly fileIds: readonly string[];
}

/** Copies of a text while an activity is sent: two bytes a character, escaped in JSON, and encoded. */
const TEXT_COPIES = 6;

/** Bytes that the email's texts take up while its activity is written; those inside its record came with it. */
export function textMemory({ event }: DeliveryAttempt): number {
  const stored = [event.text, event.html].reduce((sum, part) => sum + (isBlobRef(part) ? part.size : 0), 0);
  return stored * TEXT_COPIES;
}

/** The `inbound_email` activity as it should stand in the CRM (WR4). */
export async function describeActivity(email: DeliveryAttempt, links: ActivityLinks): Promise<ActivityInput> {
  const { event, deps, facts } = email;
  const { at, warning } = activityTime(event);
  if (warning !== null && !email.warnings.includes(warning)) email.warnings.push(warning);
  const text = (await resolveText(event.text, deps.blobs)) ?? (await facts.replyText());
  return {
    key: event.emailKey,
    subject: activitySubject(event.subject),
    text: activityText(await withForwardedWords(email, text)),
    html: await resolveText(event.html, deps.blobs),
    at,
    from: getAuthor(email),
    to: event.to,
    cc: event.cc,
    messageId: event.messageId,
    inReplyTo: event.inReplyTo,
    spamVerdict: event.spamVerdict,
    attachmentCount: event.attachments.filter((attachment) => !attachment.inline).length,
    viewUrl: getViewUrl(email),
    ...links,
  };
}

/** Where the whole email is read; null where no console is set up: no link is made that is not served. */
function getViewUrl({ event, deps }: DeliveryAttempt): string | null {
  return deps.consoleUrl === undefined ? null : `${deps.consoleUrl}/e/${event.tenantId}/${event.eventId}`;
}

/** Who wrote it. A colleague's forward is the colleague's email, no matter whose words are in it. */
function getAuthor({ event, facts }: DeliveryAttempt): ActivityInput["from"] {
  const { email = "", name = null } = (event.contact?.via === "colleague" ? event.from : facts.contact) ?? {};
  return { email, name };
}

/** The words of an email that a colleague attached are in no text of the forward. */
async function withForwardedWords({ event, facts }: DeliveryAttempt, text: string | null): Promise<string | null> {
  if (event.contact?.via !== "colleague") return text;
  const words = await facts.replyText();
  const firstLine = words?.split("\n", 1)[0]?.trim() ?? "";
  return words === null || firstLine === "" || text?.includes(firstLine) === true ? text : `${text ?? ""}\n\n${words}`;
}

/** Writes the activity whose claim was won. */
export async function writeActivity(email: DeliveryAttempt, input: ActivityInput): Promise<StepResult<string>> {
  const { write, lookup } = email.crm.adapter.records.activity;
  const { contactId, dealId } = input;
  const outcome = await writeEffect(email, "activity", input.key, {
    write,
    input,
    lookup,
    sought: { contactId, dealId },
    desired: (stored) => ({
      ...textsWritten({ subject: input.subject, text: input.text }, stored),
      ...tiesWanted(input),
    }),
  });
  if (outcome.kind !== "ok") return outcome;
  email.summary.push({ effect: "activity", key: input.key, ...outcome.value });
  return ok(outcome.value.recordId);
}

/** Texts as the ledger keeps them: what was sent and, where the CRM keeps them otherwise, what it stored. */
export function textsWritten(
  sent: Readonly<Partial<Record<"subject" | "text", string>>>,
  stored: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const otherwise = Object.entries(stored).filter(([field]) => field in sent);
  return {
    ...digests(sent),
    ...digests(Object.fromEntries(otherwise.map(([field, value]) => [`stored.${field}`, value]))),
  };
}

/** What the activity is tied to, as the ledger keeps it: a replay ties what is there only since. */
export function tiesWanted({ dealId, fileIds }: Pick<ActivityInput, "dealId" | "fileIds">): Record<string, string> {
  return digests({ dealId: dealId ?? "", fileIds: fileIds.toSorted().join(";") });
}

/** The ledger keeps what was last written per field as a digest: enough to compare, nothing to leak. */
export function digests(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      createHash("sha256").update(value).digest("hex").slice(0, 32),
    ]),
  );
}
