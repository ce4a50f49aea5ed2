import { createHash } from "node:crypto";
import { createCodec, createRegistry, recordHeaders, buildSchemaHeader } from "@inlet/event-codec";
import { createKafka, type NewRecord, type Producer } from "@inlet/kafka";
import type { LocalStack } from "@inlet/local-stack";
import {
  buildConversationId,
  buildEmailKey,
  buildEventId,
  SHARED_LANE,
  topicIn,
  type NormalizedEvent,
} from "@inlet/schemas";

/** One email to deliver; the same fields give the same email. */
export interface MeasuredEmail {
  readonly tenant: string;
  /** What it belongs to: the ledger keeps it as the sender's delivery id. */
  readonly run: string;
  /** The conversation, which has a sender of its own. */
  readonly conversation: string;
  /** Its place in the conversation; 0 begins it, the others are replies. */
  readonly place: number;
}

const TEXT = "Thank you for the offer; the second half of it is what we have been looking for since spring.\n".repeat(
  20,
);
const HTML = `<div>${"<p>Thank you for the offer; the second half of it is what we have been looking for.</p>\n".repeat(40)}</div>`;
const HEADERS = Array.from({ length: 20 }, (_, i) => ({
  name: `X-Header-${i}`,
  value: "as mail programs write them; so many bytes",
}));

/** As the parser writes it: 2 KB of text, 4 KB of html, 20 headers. `now` is epoch ms. */
export function normalizedEmail({ tenant, run, conversation, place }: MeasuredEmail, now: number): NormalizedEvent {
  const messageIdAt = (at: number): string => `${conversation}.${at}@customers.example`;
  const messageId = messageIdAt(place);
  const references = Array.from({ length: place }, (_, at) => messageIdAt(at));
  const from = { name: `Sender ${conversation}`, email: `${conversation}@customers.example` };
  const contentHash = createHash("sha256").update(messageId).digest("hex");
  return {
    eventId: buildEventId(tenant, "signed-json", `${run} ${messageId}`),
    tenantId: tenant,
    emailKey: buildEmailKey(tenant, { messageId, from: from.email, dateAsSent: null, subject: null, contentHash }),
    contentHash,
    conversationId: buildConversationId(tenant, messageIdAt(0)),
    lane: SHARED_LANE,
    receivedAt: now,
    parsedAt: now,
    source: { name: "signed-json", kind: "signed-json", deliveryId: run, eventId: null, receivedAt: null },
    mailbox: "sales",
    envelope: null,
    messageId,
    inReplyTo: references.at(-1) ?? null,
    references,
    from,
    contact: null,
    banner: null,
    sender: null,
    replyTo: [],
    to: [{ name: null, email: "sales@inlet.example" }],
    cc: [],
    bcc: [],
    date: now,
    subject: `${place === 0 ? "" : "Re: "}Offer ${conversation}`,
    text: TEXT,
    html: HTML,
    replyText: TEXT,
    signature: null,
    attachments: [],
    auth: { spf: null, dkim: null, dmarc: null },
    spamVerdict: null,
    spamScore: null,
    classification: { kind: "human", reasons: [] },
    addressTags: [],
    headers: HEADERS,
    rawRef: null,
    warnings: [],
  };
}

/** Emails sent at once: well within what the producer queues. */
const SLICE = 500;

export interface Mailer {
  /** Puts the emails into `normalized-events`, as fast as Kafka takes them, each with the time of its sending. */
  send(emails: readonly MeasuredEmail[]): Promise<void>;
  close(): Promise<void>;
}

/** Writes what the parser would: Avro by the registry, the parser's key and headers. */
export async function openMailer(env: LocalStack["env"]): Promise<Mailer> {
  const codec = createCodec({ registry: createRegistry({ url: env.SCHEMA_REGISTRY_URL, auth: null }) });
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const brokers = env.KAFKA_BROKERS.split(",");
  const producer: Producer = await createKafka({
    brokers,
    ssl: false,
    sasl: null,
    clientId: "bench-mailer",
    log: silent,
  }).producer();
  const buildRecord = async (email: MeasuredEmail, now: number): Promise<NewRecord> => {
    const event = normalizedEmail(email, now);
    return {
      topic: topicIn("normalizedEvents", SHARED_LANE),
      key: `${event.tenantId}/${event.conversationId}`,
      value: await codec.encode("NormalizedEvent", event),
      headers: recordHeaders({
        tenant: event.tenantId,
        eventId: event.eventId,
        lane: event.lane,
        schema: buildSchemaHeader("NormalizedEvent"),
        emailKey: event.emailKey,
        parsedAt: event.parsedAt,
        pass: 0,
      }),
    };
  };
  return {
    send: async (emails) => {
      for (let from = 0; from < emails.length; from += SLICE) {
        const now = Date.now();
        const slice = emails.slice(from, from + SLICE);
        const records = await Promise.all(slice.map(async (email) => buildRecord(email, now)));
        await Promise.all(records.map(async (record) => producer.send(record)));
      }
    },
    close: async () => producer.close(),
  };
}
