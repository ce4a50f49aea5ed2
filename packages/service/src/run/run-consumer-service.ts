import { randomUUID } from "node:crypto";
import { openLedger, type Ledger } from "@inlet/ledger";
import type { ConsumingService, ReadinessCheck } from "@inlet/telemetry";
import { observeProducer } from "../observe-producer.ts";
import { runService, type Service, type ServiceContext } from "./run-service.ts";

/** What reads topics in a group, with the ledger behind it. */
export interface ConsumerContext extends ServiceContext {
  readonly ledger: Ledger;
  /** Unique to this process; part of the owner of every lease. */
  readonly instance: string;
}

export interface StartedConsumer {
  /** What must work beside Kafka, ledger, blob store and tenants. */
  readonly checks?: Readonly<Record<string, ReadinessCheck>>;
  /** Its consumers and pollers. */
  readonly consumer: {
    start(): Promise<void>;
    /** Lets what is under way end, commits, leaves the group. */
    stop(): Promise<void>;
    /** Rejects when a consumer died for good. */
    readonly failed: Promise<never>;
    healthy(): boolean;
  };
  /** What must be ready before the first record is read. */
  prepare?(): Promise<void>;
  /** What may run once records are read. */
  started?(): void;
  /** Ends what the work needed, while the ledger is still open. */
  close?(): Promise<void>;
}

/** Longer than a batch under way. */
const GRACE_MS = 25_000;

/** The process of a service that takes its work from Kafka and keeps it in the ledger. */
export async function runConsumerService(
  service: Pick<Service, "version" | "defaults"> & {
    readonly name: ConsumingService;
    start(context: ConsumerContext): Promise<StartedConsumer>;
  },
): Promise<void> {
  const { name, version } = service;
  await runService({
    ...service,
    needs: ["kafka", "registry", "database", "blobs", "tenants"],
    opsAt: "http",
    graceMs: GRACE_MS,
    start: async (context) => {
      const ledger = openLedger({
        connectionString: context.environment.databaseUrl,
        applicationName: name,
        parkedMaxBytes: context.environment.parkedMaxBytes,
        release: version,
      });
      const started = await service.start({
        ...context,
        producer: observeProducer(name, context.producer),
        ledger,
        instance: `${name}/${randomUUID()}`,
      });
      const { consumer } = started;
      return {
        checks: {
          kafka: async () => ({ ok: consumer.healthy(), detail: "consumer in its group" }),
          ledger: async () => ({ ok: await ledger.ready(), detail: "answers, migrations applied" }),
          ...started.checks,
        },
        begin: async () => {
          await started.prepare?.();
          await consumer.start();
          started.started?.();
          return { lanes: context.environment.lanes };
        },
        stop: async () => consumer.stop(),
        close: async () => {
          await started.close?.();
          await ledger.close();
        },
        failed: consumer.failed,
      };
    },
  });
}
