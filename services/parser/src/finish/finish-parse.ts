import type { EarlyDisposition, UsedAttempts } from "@inlet/domain";
import type { KafkaRecord } from "@inlet/kafka";
import { UNTOUCHED, finishDelivery } from "@inlet/service";
import type { ParserDeps } from "../intake/incoming-delivery.ts";

/** Whose record it is, also where the record itself cannot be read. */
export interface Ids {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  readonly pass: number;
  readonly attempts: UsedAttempts;
  readonly since: number | null;
  readonly receivedAt: number;
  readonly maxAgeMs: number;
}

/** Ends a delivery that was not parsed. */
export async function finishParse(
  deps: ParserDeps,
  record: KafkaRecord,
  ids: Ids,
  disposition: EarlyDisposition,
): Promise<void> {
  await finishDelivery(
    deps,
    { ...UNTOUCHED, ...ids, service: "parser", stage: "parse", record, parsedAt: 0 },
    disposition,
  );
}
