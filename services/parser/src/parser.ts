import type { Consumer, Kafka } from "@inlet/kafka";
import { keepReferences, poll, type Poller } from "@inlet/ledger";
import { endTakenOut, reportGap, reportRecordGone, runLiveReplays, runReplays, watchConsumers } from "@inlet/service";
import { errorForLog } from "@inlet/telemetry";
import type { ParserDeps } from "./intake/incoming-delivery.ts";
import { createBatchHandler } from "./intake/handle-batch.ts";
import { createReplayHandler } from "./replay/replay-handler.ts";
import { releaseWaiting } from "./intake/release-waiting.ts";

export interface Parser {
  start(): Promise<void>;
  /** Lets what is under way end, commits, leaves the group. */
  stop(): Promise<void>;
  /** Rejects when a consumer died for good. */
  readonly failed: Promise<never>;
  healthy(): boolean;
}

/** The parser around its pipeline: one consumer a lane, the release of what waits, and the outbox. */
export function createParser(kafka: Kafka, deps: ParserDeps, lanes: readonly string[]): Parser {
  const reader = kafka.reader();
  const watch = watchConsumers("parser", { kafka, reader, now: deps.now, log: deps.log });
  const consumers: Consumer[] = lanes.map((lane) =>
    kafka.consumer({
      ...watch.watched({ name: "parser", lane, topic: "rawEvents" }, createBatchHandler(deps)),
      maxRecords: 64,
      onAlert: reportGap("parser", deps),
    }),
  );
  let pollers: Poller[] = [];
  return {
    healthy: () => consumers.every((consumer) => consumer.healthy()),
    failed: Promise.all(consumers.map(async (consumer) => consumer.closed)).then(
      async () => new Promise<never>(() => {}),
    ),
    start: async () => {
      await Promise.all(consumers.map(async (consumer) => consumer.start()));
      pollers = [
        watch.start(),
        releaseWaiting(deps, reader, lanes),
        runLiveReplays(
          { kafka, ...deps, service: "parser" },
          new Map(lanes.map((lane, index) => [lane, consumers[index] as Consumer])),
        ),
        runReplays({ kafka, ...deps, service: "parser", handlerFor: () => createReplayHandler(deps) }, lanes),
        endTakenOut(deps, reader, { service: "parser", stage: "parse", lanes, owner: deps.instance }),
        keepReferences(deps.ledger, reader, {
          stage: "parse",
          lanes,
          now: deps.now,
          onGone: ({ tenant, eventId, topic, partition, offset }) => {
            reportRecordGone(
              deps.log,
              { tenant, event_id: eventId, topic, partition, offset: offset.toString() },
              "an email waits whose record Kafka has lost",
            );
          },
          onError: (error) =>
            deps.log.warn({ err: errorForLog(error) }, "what waits by reference cannot be looked after"),
        }),
        poll(async () => (await deps.ledger.outbox.publish(async (record) => deps.producer.send(record))) > 0, {
          idleMs: 500,
          onError: (error) =>
            deps.log.warn({ err: errorForLog(error) }, "outcomes cannot be published: they stay in the outbox"),
        }),
      ];
    },
    stop: async () => {
      await Promise.all([
        ...consumers.map(async (consumer) => consumer.stop()),
        ...pollers.map(async (poller) => poller.stop()),
      ]);
      await reader.close();
    },
  };
}
