/** A record as it came from Kafka, to be kept in the ledger while it waits. */
export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: Buffer | null;
  /** Null: it waits by reference, and the bytes are in Kafka alone. */
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
}
