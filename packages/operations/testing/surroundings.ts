import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import { NO_FOUR_EYES } from "../src/guard/four-eyes.ts";
import type { OperationSurroundings } from "../src/operation.ts";

/** What stands around the ledger where operations are tried: Kafka in memory, and the tenants acme and globex in the shared lane. */
export function createSurroundings(
  kafka: InMemoryKafka = createInMemoryKafka(),
): OperationSurroundings & { readonly memoryKafka: InMemoryKafka } {
  return {
    memoryKafka: kafka,
    kafka: {
      withAdmin: async (work) => work(await kafka.admin()),
      withProducer: async (work) => work(await kafka.producer()),
    },
    listTenants: () => ["acme", "globex"].map((id) => ({ id, lane: "shared", mailboxes: ["sales"] })),
    fourEyes: NO_FOUR_EYES,
    searchKey: null,
    switchIsolation: null,
    consoleUrl: "https://inlet.example",
  };
}
