import type { KafkaLog } from "../log.ts";
import type { BatchHandler, BatchOutcome, KafkaRecord } from "../port.ts";

/** What a handler's answer means for its partition, after the contract was enforced. */
export interface SettledOutcome {
  /** Last offset that is done, inside the slice; null when none is. */
  readonly through: bigint | null;
  readonly pauseMs: number;
  /** The whole slice is done and the next may follow at once. */
  readonly goOn: boolean;
}

/** A handler that threw broke its contract; a second of rest keeps it from spinning, the log says so each time. */
const PAUSE_AFTER_THROW_MS = 1000;
/** A handler that did nothing and asked for no pause would be called again at once, for ever. */
const PAUSE_WITHOUT_PROGRESS_MS = 100;

/** Calls the handler with a slice of at least one record and settles what it answers. Never throws. */
export async function runHandler(
  call: {
    readonly handler: BatchHandler;
    readonly records: readonly KafkaRecord[];
    readonly signal: AbortSignal;
    readonly endOffset: bigint;
    readonly groupId: string;
  },
  log: KafkaLog,
): Promise<SettledOutcome> {
  const { records } = call;
  const outcome = await runToOutcome(call, log);
  const first = (records[0] as KafkaRecord).offset;
  const last = (records.at(-1) as KafkaRecord).offset;
  const claimed = outcome.processedThrough;
  const through = claimed === null || claimed < first ? null : claimed > last ? last : claimed;
  const pauseMs = outcome.pauseMs ?? (through === null ? PAUSE_WITHOUT_PROGRESS_MS : 0);
  return { through, pauseMs, goOn: through === last && pauseMs === 0 };
}

async function runToOutcome(call: Parameters<typeof runHandler>[0], log: KafkaLog): Promise<BatchOutcome> {
  try {
    return await call.handler(call.records, { signal: call.signal, endOffset: call.endOffset });
  } catch (error) {
    if (call.signal.aborted) return { processedThrough: null };
    const first = call.records[0] as KafkaRecord;
    log.error(
      {
        topic: first.topic,
        groupId: call.groupId,
        partition: first.partition,
        offset: first.offset.toString(),
        error: error instanceof Error ? error.name : typeof error,
        stack: error instanceof Error ? stackLines(error) : undefined,
      },
      "the batch handler threw, which it must not; nothing is committed and the partition rests for a second",
    );
    return { processedThrough: null, pauseMs: PAUSE_AFTER_THROW_MS };
  }
}

/** Where it threw, without the message: that may quote the record. */
function stackLines(error: Error): string {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .join("\n");
}
