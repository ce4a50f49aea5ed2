import type { Environment } from "@inlet/config";
import { type Admin, type Kafka, createKafka } from "@inlet/kafka";

/** Kafka for a command: what the client says on its way to success is of no interest at a prompt; failures are thrown. */
export function commandKafka({ kafka }: Pick<Environment, "kafka">): Kafka {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  return createKafka({ ...kafka, clientId: "inlet-cli", log: silent });
}

/** Runs `work` with an admin connection that is closed afterwards. Throws when no broker answers. */
export async function withAdmin<T>(
  settings: Pick<Environment, "kafka">,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const kafka = commandKafka(settings);
  if (!(await kafka.reachable())) {
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
