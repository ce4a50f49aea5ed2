import type { KafkaRecord } from "@inlet/kafka";
import type { KeptRecord } from "@inlet/ledger";

/** A Kafka record in the form in which the ledger keeps it while it waits. */
export function keptRecord(record: KafkaRecord): KeptRecord {
  return { ...record, value: record.value ?? Buffer.alloc(0) };
}
