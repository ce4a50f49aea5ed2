import { withTimeout } from "@inlet/resilience";
import { Partitioners } from "kafkajs";
import { combineSends } from "./multi-partition-produce.ts";
import type { SendBatch, SendTogether } from "./multi-partition-produce.ts";
import { BatchTooLargeError } from "./partition-batcher.ts";
import { KafkaUnavailableError, RecordRefusedError } from "../port.ts";
import { newClient, findProtocolError, getReason } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { toKafkajsHeaders } from "../record.ts";

export interface ProducerTransport {
  /** Starts connecting; failures show in the calls below, which connect again. */
  connect(): void;
  /** Writes records to one partition with `acks=all`; resolves with the offset of the first. */
  send: SendBatch;
  /** Rejects for an unknown topic and while no broker answers. */
  partitionCount(topic: string): Promise<number>;
  close(): Promise<void>;
}

interface Session {
  readonly producer: ReturnType<ReturnType<typeof newClient>["producer"]>;
  readonly admin: ReturnType<ReturnType<typeof newClient>["admin"]>;
  readonly ready: Promise<void>;
  calls: number;
  retired: boolean;
}

const ACKS_ALL = -1;
/** Refusals that sending the same record again meets again. */
const REFUSED = new Set(["INVALID_RECORD", "INVALID_TIMESTAMP", "INVALID_REQUIRED_ACKS"]);
const TOO_LARGE = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"]);

/**
 * The connection behind the batchers. A session whose connection failed is put away and replaced rather than repaired: kafkajs keeps
 * broken state across some failures (a seed broker that is gone, an expired producer id). `idempotent` stays off: with it, kafkajs
 * loses acknowledged records after a timeout (kafkajs#1005); ids are deterministic instead, and the sink is idempotent.
 */
export function createProducerTransport(options: ConnectionOptions, timeoutMs: number): ProducerTransport {
  let current: Session | null = null;
  let closed = false;

  function open(): Session {
    const client = newClient(options, { requestTimeoutMs: timeoutMs, retries: 1 });
    const producer = client.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: false,
      retry: { retries: 0 },
      metadataMaxAge: 60_000,
    });
    const admin = client.admin({ retry: { retries: 0 } });
    const ready = Promise.all([producer.connect(), admin.connect()]).then(() => undefined);
    // Anyone who calls awaits it too; without this line a failed background connect would end the process.
    ready.catch(() => undefined);
    return { producer, admin, ready, calls: 0, retired: false };
  }

  async function using<T>(call: (session: Session) => Promise<T>): Promise<T> {
    if (closed) throw new KafkaUnavailableError("The producer is closed.");
    const session = (current ??= open());
    session.calls += 1;
    try {
      return await within(
        3 * timeoutMs,
        session.ready.then(() => call(session)),
      );
    } catch (error) {
      if (findProtocolError(error) === null) retire(session);
      throw error;
    } finally {
      session.calls -= 1;
      if (session.retired && session.calls === 0) void disconnect(session);
    }
  }

  function retire(session: Session): void {
    session.retired = true;
    if (current === session) current = null;
  }

  async function disconnect(session: Session): Promise<void> {
    await Promise.allSettled([session.producer.disconnect(), session.admin.disconnect()]);
  }

  const sendTogether: SendTogether = async (topic, batches) => {
    const messages = batches.flatMap(({ partition, records }) =>
      records.map(({ key, value, headers }) => ({ key, value, partition, headers: toKafkajsHeaders(headers) })),
    );
    try {
      return await using(async (session) => {
        const answer = await session.producer.send({ topic, messages, acks: ACKS_ALL, timeout: timeoutMs });
        // kafkajs resolves without having written when its metadata does not know a partition yet, or (several partitions)
        // when a leader moved (kafkajs#1303): only a partition's own base offset proves the write.
        const offsets = batches.map(({ partition }) => {
          const own = answer.find((part) => part.topicName === topic && part.partition === partition);
          const written = own?.baseOffset !== undefined && own.errorCode === 0 && BigInt(own.baseOffset) >= 0n;
          return written ? BigInt(own.baseOffset as string) : null;
        });
        // Its metadata is wrong, and stays so for a minute: a new session asks.
        if (offsets.includes(null)) retire(session);
        return offsets;
      });
    } catch (error) {
      const code = findProtocolError(error);
      if (code !== null && TOO_LARGE.has(code)) throw new BatchTooLargeError(getReason(error), { cause: error });
      if (code !== null && REFUSED.has(code)) {
        throw new RecordRefusedError(`${topic}: the broker refuses the record (${code}): ${getReason(error)}`, {
          cause: error,
        });
      }
      throw error;
    }
  };

  async function partitionCount(topic: string): Promise<number> {
    const { topics } = await using((session) => session.admin.fetchTopicMetadata({ topics: [topic] }));
    const count = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    if (count === 0) throw new Error(`topic ${topic} has no partitions yet`);
    return count;
  }

  return {
    connect: () => {
      current ??= open();
      current.ready.catch((error: unknown) =>
        options.log.warn({ reason: getReason(error) }, "Kafka is not reachable yet; the producer goes on trying"),
      );
    },
    send: combineSends(sendTogether),
    partitionCount,
    close: async () => {
      closed = true;
      const session = current;
      current = null;
      if (session !== null) await disconnect(session);
    },
  };
}

/** kafkajs has lost callbacks of requests before; a batcher must never wait for ever. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return withTimeout(ms, work, () => {
    throw new Error(`no answer from Kafka within ${ms} ms`);
  });
}
