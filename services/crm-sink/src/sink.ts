import { SHARED_LANE } from "@inlet/schemas";
import type { Consumer, Kafka } from "@inlet/kafka";
import { keepReferences, poll, type Poller } from "@inlet/ledger";
import {
  endTakenOut,
  reportGap,
  reportRecordGone,
  runLiveReplays,
  runReplays,
  watchConsumers,
  runDeadLetterJobs,
  runLaneMoves,
  runLifecycle,
} from "@inlet/service";
import { errorForLog } from "@inlet/telemetry";
import { SLOW_MS } from "./limits.ts";
import type { SinkDeps } from "./attempt.ts";
import { consumeSentMessages } from "./intake/consume-sent-messages.ts";
import { endTooOld } from "./gates/end-too-old.ts";
import { createFairQueue } from "./intake/fair-queue.ts";
import { countOutbox, countWaiting } from "./intake/count-waiting.ts";
import { createBatchHandler } from "./intake/handle-batch.ts";
import { createIsolation } from "./gates/isolation.ts";
import { rematch } from "./intake/rematch.ts";
import { probeCircuits } from "./gates/probe-circuits.ts";
import { createMemoryBudget } from "./intake/memory-budget.ts";
import { releaseHeads } from "./intake/release-heads.ts";
import { releaseWaiting } from "./intake/release-waiting.ts";
import { recoverStalled } from "./intake/recover-stalled.ts";
import { createMappingNotes } from "./replay/mapping-notes.ts";
import type { DryLedger } from "./replay/preview-deliveries.ts";
import { createReplayHandler } from "./replay/replay-handler.ts";
import { runDryRuns } from "./replay/run-dry-runs.ts";
import { sendNotifications } from "./finish/send-notifications.ts";

/** Bodies and files that are being sent, with the copies that their encoding makes; a process takes up about as much beside it. */
const MEMORY_BYTES = 256 * 1024 * 1024;

export interface SinkOptions {
  /** Answers as the ledger and keeps nothing: what dry runs are made on. */
  readonly dryLedger: DryLedger;
  readonly lanes: readonly string[];
  /** Emails tried at the same time. */
  readonly concurrency: number;
  /** How patient moves between lanes are, ms. */
  readonly laneMoves?: { readonly quietMs: number; readonly lookMs: number };
}

export interface Sink {
  start(): Promise<void>;
  /** Lets what is under way end, commits, leaves the group. */
  stop(): Promise<void>;
  /** Rejects when a consumer died for good. */
  readonly failed: Promise<never>;
  healthy(): boolean;
}

/** The sink around its pipeline: one consumer a lane, the release of waiting mail, the outbox, and what is watched meanwhile. */
export function createSink(
  kafka: Kafka,
  given: Omit<SinkDeps, "isolation" | "memory" | "slowMs">,
  options: SinkOptions,
): Sink {
  const deps: SinkDeps = {
    ...given,
    isolation: createIsolation(),
    memory: createMemoryBudget(MEMORY_BYTES),
    slowMs: SLOW_MS,
  };
  const reader = kafka.reader();
  const queue = createFairQueue(options.concurrency, deps.slowMs);
  const onAlert = reportGap("crm-sink", deps);
  const watch = watchConsumers("crm-sink", { kafka, reader, now: deps.now, log: deps.log });
  const consumers: Consumer[] = [
    ...options.lanes.map((lane) =>
      kafka.consumer({
        ...watch.watched({ name: "crm-sink", lane, topic: "normalizedEvents" }, createBatchHandler(deps, queue)),
        maxRecords: 200,
        onAlert,
      }),
    ),
    // One topic for all lanes: every sink takes its part, and the ledger gives each email to the sinks of its lane.
    kafka.consumer({
      ...watch.watched(
        { name: "crm-sink-sent", lane: SHARED_LANE, topic: "outboundMessages" },
        consumeSentMessages(deps),
      ),
      onAlert,
    }),
  ];
  const noteMappings = createMappingNotes(deps, options.lanes);
  let pollers: Poller[] = [];
  const warn = (what: string) => (error: unknown) => deps.log.warn({ err: errorForLog(error) }, what);

  return {
    healthy: () => consumers.every((consumer) => consumer.healthy()),
    failed: Promise.all(consumers.map(async (consumer) => consumer.closed)).then(
      async () => new Promise<never>(() => {}),
    ),
    start: async () => {
      await Promise.all(consumers.map(async (consumer) => consumer.start()));
      pollers = [
        releaseWaiting(deps, reader, queue, options.lanes),
        probeCircuits(deps, options.lanes),
        endTooOld(deps, reader, options.lanes),
        endTakenOut(deps, reader, {
          service: "crm-sink",
          stage: "deliver",
          lanes: options.lanes,
          owner: deps.instance,
        }),
        recoverStalled(reader, deps, queue, options.lanes),
        rematch(deps, queue, options.lanes),
        keepReferences(deps.ledger, reader, {
          stage: "deliver",
          lanes: options.lanes,
          now: deps.now,
          onGone: ({ tenant, eventId, topic, partition, offset }) => {
            reportRecordGone(
              deps.log,
              { tenant, event_id: eventId, topic, partition, offset: offset.toString() },
              "an email waits whose record Kafka has lost",
            );
          },
          onError: warn("what waits by reference cannot be looked after"),
        }),
        sendNotifications(deps),
        runLifecycle({ ...deps, records: reader }),
        runDeadLetterJobs({ ...deps, reader }, options.lanes),
        runDryRuns({ ...deps, kafka, reader, dry: options.dryLedger }, options.lanes),
        runLaneMoves({ kafka, ...deps, ...options.laneMoves }, options.lanes),
        runLiveReplays(
          { kafka, ...deps, service: "crm-sink" },
          new Map(options.lanes.map((lane, index) => [lane, consumers[index] as Consumer])),
        ),
        runReplays({ kafka, ...deps, service: "crm-sink", handlerFor: () => createReplayHandler(deps) }, options.lanes),
        poll(async () => (await deps.ledger.outbox.publish(async (record) => deps.producer.send(record))) > 0, {
          idleMs: 200,
          onError: warn("outcomes cannot be published: they stay in the outbox"),
        }),
        releaseHeads(deps),
        watch.start(),
        poll(
          async () => {
            await noteMappings();
            countWaiting(await deps.ledger.waiting.mail());
            await deps.ledger.quota.noteCosts(deps.crms.takeCosts());
            await deps.ledger.circuits.forgetFailedCalls();
            countOutbox(await deps.ledger.outbox.size());
            return false;
          },
          { idleMs: 5_000, onError: warn("the ledger cannot be watched") },
        ),
      ];
    },
    stop: async () => {
      await Promise.all([
        ...consumers.map(async (consumer) => consumer.stop()),
        ...pollers.map(async (poller) => poller.stop()),
      ]);
      // Tries that the ledger keeps have outlasted their batch.
      await queue.idle();
      await reader.close();
    },
  };
}
