import { createMemoryBlobStore } from "@inlet/blob-store";
import { reconcile, type GuaranteeReport, type ReconcileOptions } from "@inlet/reconcile";
import { createCodec, createLocalSchemaIds, outcomeRecord, recordHeaders, buildSchemaHeader } from "@inlet/event-codec";
import { buildDeadLetter } from "@inlet/kafka";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import type { Consumer, Coordinates, KafkaRecord } from "@inlet/kafka";
import type { AttemptResult } from "@inlet/ledger";
import type { Database } from "@inlet/ledger/database";
import { ledgerOn } from "@inlet/ledger/testing";
import { eventKey, groupIn, topicIn } from "@inlet/schemas";
import type { RawEvent, TopicName } from "@inlet/schemas";

/** How far an email has come. */
export type Stage = "unread" | "accepted" | "parsed" | "waiting" | "written" | "dead_lettered";

export interface Email {
  readonly tenant: string;
  readonly eventId: string;
  readonly raw: Coordinates;
  readonly normalized: Coordinates | null;
  readonly deadLetter: Coordinates | null;
  readonly blobKey: string | null;
}

/** Mail in every stage, on an in-memory Kafka and a ledger, as gateway, parser and sink would have left it. */
export async function accountedMail(database: Database, lane = "shared") {
  const kafka = createInMemoryKafka({ lanes: [lane], sendTimeoutMs: 60_000 });
  const ledger = ledgerOn(database);
  const blobs = createMemoryBlobStore();
  const codec = createCodec({ registry: createLocalSchemaIds() });
  const producer = await kafka.producer();
  const admin = await kafka.admin();
  const tenant = "acme";
  let consumers: Consumer[] = [];
  let made = 0;

  const publish = async (): Promise<void> => {
    while ((await ledger.outbox.publish(async (record) => producer.send(record))) > 0);
  };

  /** Takes one email as far as the stage says; `at` is its time, epoch ms. */
  async function mail(
    stage: Stage,
    options: { readonly at?: number; readonly publish?: boolean } = {},
  ): Promise<Email> {
    const at = options.at ?? Date.now();
    const eventId = `evt_${String((made += 1)).padStart(6, "0")}`;
    const body = await blobs.put(tenant, at, Buffer.from(`body of ${eventId}`));
    const event: RawEvent = {
      eventId,
      tenantId: tenant,
      lane,
      receivedAt: at,
      source: { name: "json", kind: "signed-json", deliveryId: null, eventId: null, receivedAt: null },
      envelope: null,
      connection: null,
      contentType: "message/rfc822",
      body,
    };
    const ids = { tenant, eventId, lane };
    const raw = await producer.send({
      topic: topicIn("rawEvents", lane),
      key: eventKey(tenant, eventId),
      value: await codec.encode("RawEvent", event),
      headers: recordHeaders({ ...ids, schema: buildSchemaHeader("RawEvent") }),
    });
    const email = { tenant, eventId, raw, normalized: null, deadLetter: null, blobKey: body.key };
    if (stage === "unread") return email;
    await ledger.deliveries.accept(
      [
        {
          ...ids,
          source: "json",
          sourceKind: "signed-json",
          sourceDeliveryId: null,
          sourceEventId: null,
          ...raw,
          pass: 0,
          receivedAt: at,
          traceId: null,
        },
      ],
      at,
    );
    if (stage === "accepted") return email;
    // What a normalized record holds is nothing to reconcile but for its blobs, which the raw event names too.
    const normalized = await producer.send({
      topic: topicIn("normalizedEvents", lane),
      key: eventKey(tenant, `cnv_${made}`),
      value: Buffer.from(eventId),
      headers: recordHeaders({ ...ids, schema: "none/1", parsedAt: at, pass: 0 }),
    });
    const parse = { emailKey: `eml_${made}`, contentHash: "hash", conversationId: `cnv_${made}`, messageId: null };
    await ledger.deliveries.markParsed([
      { ...ids, ...parse, ...normalized, senderDomain: null, writers: [], terms: [], parsedAt: at },
    ]);
    if (stage === "parsed") return { ...email, normalized };
    await ledger.deliveries.admit({
      ...ids,
      source: "json",
      sourceKind: "signed-json",
      sourceDeliveryId: null,
      sourceEventId: null,
      ...parse,
      ...normalized,
      mappingVersion: "m1",
      parsedAt: at,
      pass: 0,
      receivedAt: at,
      traceId: null,
      now: at,
    });
    const record = (await admin.readRecord(normalized)) as KafkaRecord;
    const deadLetter =
      stage === "dead_lettered"
        ? await producer.send(
            buildDeadLetter(record, {
              tenant,
              eventId,
              service: "crm-sink",
              step: "deliver",
              reason: "internal_error",
              message: "",
              attempts: 1,
              firstFailure: at,
              traceId: null,
            }),
          )
        : null;
    const to: AttemptResult["to"] =
      stage === "waiting"
        ? {
            state: "waiting",
            kind: "parked",
            code: "circuit_open",
            delayMs: 3_600_000,
            lane,
            conversationId: null,
            record: { ...record, value: record.value ?? Buffer.alloc(0) },
          }
        : {
            state: stage,
            reason: deadLetter === null ? null : "internal_error",
            detail: null,
            duplicateOf: null,
            warnings: [],
            evidence: {},
            summary: [],
            contentHash: "hash",
            mappingVersion: "m1",
            deadLetter,
            endedAt: at,
            outbox: await outcomeRecord(codec, {
              eventId,
              tenantId: tenant,
              lane,
              emailKey: parse.emailKey,
              state: stage,
              reason: null,
              warnings: [],
              duplicateOf: null,
              crm: null,
              effects: [],
              pass: 0,
              attempts: 1,
              receivedAt: at,
              endedAt: at,
            }),
          };
    await ledger.deliveries.finish({
      tenant,
      eventId,
      service: "crm-sink",
      stage: "deliver",
      parsedAt: at,
      pass: 0,
      attempt: 0,
      effects: [],
      to,
    });
    if (options.publish !== false) await publish();
    return { ...email, normalized, deadLetter };
  }

  /** What a service has read is committed: everything that is on its topic now. */
  async function commit(service: "parser" | "crm-sink"): Promise<void> {
    const topic = topicIn(service === "parser" ? "rawEvents" : "normalizedEvents", lane);
    const ends = new Map((await admin.topicOffsets(topic)).map(({ partition, high }) => [partition, high]));
    await admin.setOffsets(groupIn(service, lane), topic, ends);
  }

  /** Members that read nothing: a service that is up, with all its partitions paused. */
  async function standBy(): Promise<void> {
    for (const [service, topic] of [
      ["parser", "rawEvents"],
      ["crm-sink", "normalizedEvents"],
    ] as const) {
      const consumer = kafka.consumer({
        groupId: groupIn(service, lane),
        topic: topicIn(topic, lane),
        handler: () => Promise.resolve({ processedThrough: null, pauseMs: 60_000 }),
      });
      consumers.push(consumer);
      await consumer.start();
    }
  }

  return {
    kafka,
    ledger,
    database,
    blobs,
    admin,
    lane,
    mail,
    commit,
    publish,
    standBy,
    topic: (name: TopicName): string => topicIn(name, lane),
    reconcile: async (deep: boolean, more: Partial<ReconcileOptions> = {}): Promise<GuaranteeReport> =>
      reconcile(ledger.inspect.accounts, admin, {
        lanes: [lane],
        deep: deep ? { codec, blobs } : null,
        onProgress: () => {},
        pauseMs: [0, 10, 30],
        ...more,
      }),
    stop: async (): Promise<void> => {
      await Promise.all(consumers.map(async (consumer) => consumer.stop(0)));
      consumers = [];
    },
  };
}

export type AccountedMail = Awaited<ReturnType<typeof accountedMail>>;
