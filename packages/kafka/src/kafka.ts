import { withTimeout } from "@inlet/resilience";
import { openAdmin } from "./admin/admin.ts";
import { newClient, getReason } from "./connection.ts";
import type { ConnectionOptions } from "./connection.ts";
import { createConsumer } from "./consumer/consumer.ts";
import { patchKafkajsProduce } from "./patch-kafkajs-produce.ts";
import { dropKafkajsNegativeTimeoutWarning } from "./negative-timeout-warning.ts";
import type { ConsumerOptions, Kafka } from "./port.ts";
import { createProducer } from "./producer/producer.ts";
import { createRecordReader } from "./consumer/record-reader.ts";
import { withSendSpans } from "./producer/send-span.ts";
import { createProducerTransport } from "./producer/producer-session.ts";

export interface KafkaOptions extends ConnectionOptions {
  /** Alerts of consumers that bring no `onAlert` of their own. */
  readonly onAlert?: ConsumerOptions["onAlert"];
  /** ms without a heartbeat after which a dead consumer's partitions go to others. Default 45 000; the broker takes 6000 and up. */
  readonly sessionTimeoutMs?: number;
  /** ms that `send` tries before it rejects with KafkaUnavailableError. Default 10 000. */
  readonly sendTimeoutMs?: number;
  /** ms that an idle lane waits for company. Default 5. */
  readonly lingerMs?: number;
  /** Bytes that the lane of one partition may queue. Default 8 MiB. */
  readonly maxLaneBytes?: number;
  /** ms after which new partitions of a topic are noticed. Default 30 000. */
  readonly metadataMaxAgeMs?: number;
}

const MiB = 1024 * 1024;
const REACHABLE_WITHIN_MS = 2000;

/** The port on a real Kafka. Nothing connects before `producer()`, `admin()` or a consumer's `start()`. */
export function createKafka(options: KafkaOptions): Kafka {
  dropKafkajsNegativeTimeoutWarning();
  patchKafkajsProduce();
  const sendTimeoutMs = options.sendTimeoutMs ?? 10_000;
  const metadataMaxAgeMs = options.metadataMaxAgeMs ?? 30_000;
  return {
    producer: () => {
      const transport = createProducerTransport(options, sendTimeoutMs);
      transport.connect();
      return Promise.resolve(
        withSendSpans(
          createProducer(transport, {
            timeoutMs: sendTimeoutMs,
            lingerMs: options.lingerMs ?? 5,
            maxLaneBytes: options.maxLaneBytes ?? 8 * MiB,
            metadataMaxAgeMs,
          }),
        ),
      );
    },
    consumer: (consumer) => {
      const onAlert = consumer.onAlert ?? options.onAlert;
      return createConsumer(options, onAlert === undefined ? consumer : { ...consumer, onAlert }, {
        sessionTimeoutMs: options.sessionTimeoutMs ?? 45_000,
        metadataMaxAgeMs,
      });
    },
    reader: () => createRecordReader(options),
    admin: () => openAdmin(options),
    reachable: () => reachable(options),
  };
}

async function reachable(options: ConnectionOptions): Promise<boolean> {
  const settings = { requestTimeoutMs: 1500, connectTimeoutMs: 1500, retries: 0 };
  const admin = newClient(options, settings).admin();
  try {
    const answered = admin
      .connect()
      .then(() => admin.describeCluster())
      .then(({ brokers }) => brokers.length > 0);
    return await withTimeout(REACHABLE_WITHIN_MS, answered, () => false);
  } catch (error) {
    options.log.debug({ reason: getReason(error) }, "no broker answers");
    return false;
  } finally {
    void admin.disconnect().catch(getReason);
  }
}
