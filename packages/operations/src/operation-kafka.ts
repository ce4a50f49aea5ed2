import type { Kafka } from "@inlet/kafka";
import type { OperationKafka } from "./operation.ts";

/** Connects for each piece of work, and closes whatever comes: operations are rare. */
export function operationKafkaOn(kafka: Pick<Kafka, "admin" | "producer">): OperationKafka {
  return {
    withAdmin: async (work) => {
      const admin = await kafka.admin();
      try {
        return await work(admin);
      } finally {
        await admin.close();
      }
    },
    withProducer: async (work) => {
      const producer = await kafka.producer();
      try {
        return await work(producer);
      } finally {
        await producer.close();
      }
    },
  };
}
