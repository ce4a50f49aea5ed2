import { BlobMissingError } from "@inlet/blob-store";
import { deadLetter, getDomain, getWriters, ok, type StepResult } from "@inlet/domain";
import { TRUNCATION_LIMITS, formerEmailKey, listSearchTerms, normalize } from "@inlet/email";
import { fitNormalizedEvent, recordHeaders, resolveBody, buildSchemaHeader } from "@inlet/event-codec";
import type { Parsed } from "@inlet/ledger";
import { topicIn, type NormalizedEvent } from "@inlet/schemas";
import type { Delivery, ParserDeps } from "./intake/incoming-delivery.ts";
import { toCountedEmail, type CountedEmail } from "./intake/count-parsed.ts";
import { checkSender } from "./steps/check-sender.ts";
import { ASK_AGAIN_MS } from "./sender/sender-pool.ts";
import { noteBodyUse, notingUses } from "./steps/note-blob-uses.ts";
import { storeAttachments, type StoredAttachments } from "./steps/store-attachments.ts";
import { parseBody } from "./steps/parse-body.ts";
import type { ParsedBody } from "./steps/parse-body.ts";

/** Unknown recipients that are kept as evidence. */
const MOST_RECIPIENTS = 20;

/** What became of a raw event: the row's move in the ledger, and what the metrics count of the email. */
export interface ParsedEmail extends CountedEmail {
  readonly row: Parsed;
}

/** The way of one raw event to its normalized record, step by step. */
export async function parseEmail(given: ParserDeps, delivery: Delivery): Promise<StepResult<ParsedEmail>> {
  const deps = { ...given, blobs: notingUses(given, delivery.event) };
  await noteBodyUse(given, delivery.event);
  const body = await readBody(deps, delivery);
  if (body.kind !== "ok") return body;
  const parsed = await parseBody(deps, delivery, body.value);
  if (parsed.kind !== "ok") return parsed;
  const auth = await checkSender(deps, delivery, body.value, parsed.value.email);
  // Waits apart from its batch: slow name servers of those who write to one tenant must hold up no other's mail.
  if (auth === null) return { kind: "retry", code: "sender_not_verified_yet", attempt: null, delayMs: ASK_AGAIN_MS };
  const checked = { ...parsed.value, email: { ...parsed.value.email, auth } };
  const described = describe(deps, delivery, checked);
  if (await wasErased(deps, described)) return { kind: "suppress", reason: "erased" };
  const attachments = await storeAttachments(deps, delivery, parsed.value.email.attachments);
  if (attachments.kind !== "ok") return attachments;
  const event = withAttachments(described, attachments.value);
  const known = knownRecipient(delivery, event);
  if (known.kind !== "ok") return known;
  const emailKey = await nameEmail(deps, event, parsed.value);
  if ((await deps.replay?.mayGoOn({ ...event, emailKey }, delivery)) === false)
    return { kind: "skip", why: "already_ended" };
  return ok({ row: await publish(deps, delivery, { ...event, emailKey }), ...toCountedEmail(event) });
}

async function readBody(deps: ParserDeps, { event }: Delivery): Promise<StepResult<Buffer>> {
  try {
    return ok(await resolveBody(event.body, deps.blobs));
  } catch (error) {
    if (error instanceof BlobMissingError)
      return deadLetter("blob_missing", "read-body", "the raw body is no longer in the blob store");
    throw error;
  }
}

function describe(deps: ParserDeps, delivery: Delivery, { email, source }: ParsedBody): NormalizedEvent {
  const { event, record, tenant } = delivery;
  return normalize(email, {
    eventId: event.eventId,
    tenantId: event.tenantId,
    lane: event.lane,
    receivedAt: event.receivedAt,
    parsedAt: Math.max(deps.now(), delivery.parsedAfter + 1),
    source: {
      ...event.source,
      eventId: event.source.eventId ?? source.eventId,
      receivedAt: event.source.receivedAt ?? source.receivedAt,
    },
    envelope: event.envelope,
    mailboxes: tenant.mailboxes,
    contactRules: {
      contactFrom: tenant.contactFrom,
      formInBody: tenant.mailboxes.flatMap(({ name, formInBody }) => (formInBody ? [name] : [])),
    },
    rawRef: {
      topic: record.topic,
      partition: record.partition,
      offset: Number(record.offset),
      blob: Buffer.isBuffer(event.body) ? null : event.body,
    },
    blobs: new Map(),
  });
}

/** As judged and stored: what was fetched by URL has its size and hash only now. */
function withAttachments(event: NormalizedEvent, { attachments, warnings }: StoredAttachments): NormalizedEvent {
  return {
    ...event,
    attachments,
    warnings: [...event.warnings, ...warnings].slice(0, TRUNCATION_LIMITS.warnings),
  };
}

/** Asked before anything of it is kept: mail of a person who was erased after it was accepted comes back by no replay. */
async function wasErased({ ledger }: ParserDeps, event: NormalizedEvent): Promise<boolean> {
  return ledger.erasures.wasErased({
    tenant: event.tenantId,
    writers: getWriters(event),
    receivedAt: event.receivedAt,
  });
}

/** Email to no one's address ends where it can be found again: after the tenant's file was repaired, a replay from the dlq brings it back. */
function knownRecipient({ tenant }: Delivery, event: NormalizedEvent): StepResult<null> {
  const { mailbox, source } = event;
  // What SMTP took for an unknown recipient was taken to be quarantined, or was known at that time.
  const policy = source.kind === "smtp" ? "quarantine" : tenant.unknownRecipients.http;
  if (mailbox !== null || policy === "accept") return ok(null);
  const detail = "none of its recipients is in the tenant's mailboxes";
  // Anyone who has to repair the tenant's file sees which address is missing in it.
  return { ...deadLetter("unknown_recipient", "recipient", detail), evidence: { recipients: getRecipients(event) } };
}

function getRecipients({ envelope, to, cc }: NormalizedEvent): string[] {
  const addresses = envelope?.to ?? [...to, ...cc].map(({ email }) => email);
  return [...new Set(addresses)].slice(0, MOST_RECIPIENTS);
}

/** Two emails under one name are told apart by the ledger, before anybody hears of either (docs/concepts/protocol.md, section 1). */
async function nameEmail(deps: ParserDeps, event: NormalizedEvent, { email }: ParsedBody): Promise<string> {
  return deps.ledger.deliveries.nameEmail({
    tenant: event.tenantId,
    eventId: event.eventId,
    source: event.source.name,
    emailKey: event.emailKey,
    formerKey: formerEmailKey(event.tenantId, email),
    contentHash: event.contentHash,
  });
}

async function publish(deps: ParserDeps, delivery: Delivery, event: NormalizedEvent): Promise<Parsed> {
  const fitted = await fitNormalizedEvent(deps.codec, event, deps.blobs);
  deps.failpoint("before-produce");
  const at = await deps.producer.send({
    topic: topicIn("normalizedEvents", event.lane),
    key: `${event.tenantId}/${event.conversationId}`,
    value: fitted.bytes,
    headers: recordHeaders({
      tenant: event.tenantId,
      eventId: event.eventId,
      lane: event.lane,
      schema: buildSchemaHeader("NormalizedEvent"),
      emailKey: event.emailKey,
      parsedAt: event.parsedAt,
      pass: delivery.pass,
    }),
  });
  deps.failpoint("after-produce");
  return {
    tenant: event.tenantId,
    eventId: event.eventId,
    emailKey: event.emailKey,
    contentHash: event.contentHash,
    conversationId: event.conversationId,
    messageId: event.messageId,
    senderDomain: getDomain(event.from?.email ?? ""),
    writers: getWriters(event),
    terms: deps.searchKey === null ? [] : listSearchTerms(deps.searchKey, event, delivery.tenant.mailboxes),
    topic: at.topic,
    partition: at.partition,
    offset: at.offset,
    parsedAt: event.parsedAt,
  };
}
