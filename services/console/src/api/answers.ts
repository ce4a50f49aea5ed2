import { jobSchema, proposalSchema, reachSchema, viewSchema } from "@inlet/operations";
import { z } from "zod";

/** What screens answer as JSON, by their name: for the API's description, held against real answers by a test. */

const text = z.string().nullable();
const time = z.number().describe("epoch ms");
const maybeTime = time.nullable();
const count = z.number().int();
const details = z.record(z.string(), z.unknown());
const page = { newer: text.describe("place of the page before"), older: text.describe("place of the next page") };

const coordinates = z.object({ topic: z.string(), partition: count, offset: count }).nullable();
const verdict = z.object({ what: z.string(), next: text, button: text, runbook: text });

const listed = z.object({
  eventId: z.string(),
  tenant: z.string(),
  state: z.string(),
  reason: text,
  source: z.string(),
  senderDomain: text,
  receivedAt: time,
  endedAt: maybeTime,
});

const delivery = z.object({
  tenant: z.string(),
  eventId: z.string(),
  lane: z.string(),
  state: z.string(),
  stage: text,
  reason: text,
  detail: text,
  duplicateOf: text,
  warnings: z.array(z.string()),
  evidence: details.describe("why this contact, conversation and deal"),
  effects: z.array(z.object({ effect: z.string(), key: z.string(), recordId: text, created: z.boolean().nullable() })),
  pass: count,
  attempt: count,
  source: z.object({ name: z.string(), kind: z.string(), deliveryId: text, eventId: text }),
  emailKey: text,
  contentHash: text,
  conversationId: text,
  messageId: text,
  traceId: text,
  raw: coordinates,
  normalized: coordinates,
  deadLetter: coordinates,
  receivedAt: time,
  acceptedAt: maybeTime,
  parsedAt: maybeTime,
  deliveringAt: maybeTime,
  endedAt: maybeTime,
});

const hold = {
  bufferSince: maybeTime,
  bufferWhy: text,
  circuitSince: maybeTime,
  circuitCode: text,
  probeInMs: z.number().nullable(),
  tokensInMs: z.number().nullable(),
};
const waitingMail = {
  tenant: z.string(),
  stage: z.string(),
  kind: z.string(),
  code: z.string(),
  oldestMs: z.number(),
  dueInMs: z.number(),
  ...hold,
};
const waitingEmail = {
  ...waitingMail,
  eventId: z.string(),
  lane: z.string(),
  since: time,
  attempt: count,
  behind: text,
  byReference: z.boolean(),
  takenOut: text,
  why: z.string(),
};

const grants = z.array(z.object({ role: z.string(), tenant: z.string().describe("*: every tenant") }));

export const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  emails: z.object({ emails: z.array(listed), ...page, views: z.array(viewSchema) }),
  tail: z.object({ emails: z.array(listed) }),
  email: z.object({
    email: delivery,
    waits: z.object(waitingEmail).nullable(),
    verdict,
    timeline: z.array(z.object({ at: time, what: z.string(), failed: z.boolean() })),
    records: z.record(z.string(), z.string()).describe("pages of its records in the CRM, by effect and key"),
  }),
  search: z.object({
    found: z.array(delivery),
    searched: details
      .nullable()
      .describe("what the text looks like, and whether addresses and subjects were looked at"),
  }),
  waiting: z.object({
    total: count,
    counts: z.array(details),
    emails: z.array(z.object({ ...waitingEmail, next: text })),
  }),
  deadLetters: z.object({
    groups: z.array(
      z.object({
        tenant: z.string(),
        reason: text,
        code: text,
        release: text,
        emails: count,
        firstAt: time,
        lastAt: time,
        days: z.record(z.string(), count),
        verdict,
      }),
    ),
  }),
  jobs: z.object({ jobs: z.array(jobSchema) }),
  job: z.object({
    job: jobSchema,
    stands: text,
    emails: z.array(
      z.object({
        tenant: z.string(),
        eventId: z.string(),
        result: z.string(),
        reason: text,
        detail: text,
        changes: z.array(details),
        state: text,
      }),
    ),
    next: text,
  }),
  replayForm: z.object({ asOf: time, reach: reachSchema.nullable(), ms: z.number().nullable(), problem: text }),
  proposals: z.object({ proposals: z.array(proposalSchema) }),
  tokens: z.object({
    tokens: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        grants,
        createdBy: z.string(),
        createdAt: time,
        expiresAt: maybeTime,
        lastUsedAt: maybeTime,
        revokedAt: maybeTime,
      }),
    ),
  }),
  auditVerify: z.object({
    entries: count,
    heads: z.array(z.object({ tenant: z.string(), seq: count, hash: z.string() })),
    faults: z.array(z.object({ tenant: z.string(), seq: count, problem: z.string() })),
  }),
  audit: z.object({
    entries: z.array(
      z.object({
        id: count,
        tenant: z.string(),
        seq: count,
        at: z.string().describe("RFC 3339"),
        actor: z.string(),
        action: z.string(),
        origin: text,
        detail: details,
        hash: z.string(),
      }),
    ),
  }),
};
