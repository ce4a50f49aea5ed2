import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "@inlet/config";
import { type Admin, type Kafka, createKafka } from "@inlet/kafka";

/** Kafka for a command: what the client says on its way to success is of no interest at a prompt; failures are thrown. */
export function commandKafka({ kafka }: Pick<Environment, "kafka">): Kafka {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  return createKafka({ ...kafka, clientId: "inlet-cli", log: silent });
}

/** For what comes right after a broker's start: on a busy machine it answers only a while after it has said that it runs, ms. */
export const AFTER_START_MS = 60_000;

/** Runs `work` with an admin connection that is closed afterwards. Throws when no broker has answered for `patienceMs`. */
export async function withAdmin<T>(
  settings: Pick<Environment, "kafka">,
  work: (admin: Admin) => Promise<T>,
  patienceMs = 5_000,
): Promise<T> {
  const kafka = commandKafka(settings);
  if (!(await answersWithin(kafka, patienceMs))) {
    throw new Error(
      `no Kafka broker answers at ${settings.kafka.brokers.join(",")}. Is it running (npx inlet up), and is KAFKA_BROKERS right?`,
    );
  }
  const admin = await kafka.admin();
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

/** Whether a broker answers by then; asked at least once. */
export async function answersWithin(kafka: Pick<Kafka, "reachable">, patienceMs: number): Promise<boolean> {
  const until = performance.now() + patienceMs;
  for (;;) {
    if (await kafka.reachable()) return true;
    if (performance.now() > until) return false;
    await sleep(250);
  }
}
