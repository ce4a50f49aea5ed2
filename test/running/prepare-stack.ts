import { registerSchemas } from "@inlet/event-codec";
import { createKafka } from "@inlet/kafka";
import type { LocalStack } from "@inlet/local-stack";
import { SHARED_LANE } from "@inlet/schemas";

/** The shared lane's topics and every schema: what a deployment applies before any service starts. */
export async function prepareStack(env: LocalStack["env"]): Promise<void> {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const brokers = env.KAFKA_BROKERS.split(",");
  const admin = await createKafka({
    brokers,
    ssl: false,
    sasl: null,
    clientId: "inlet-test-setup",
    log: silent,
  }).admin();
  try {
    await admin.applyTopics([SHARED_LANE]);
  } finally {
    await admin.close();
  }
  await registerSchemas({ url: env.SCHEMA_REGISTRY_URL, auth: null });
}
