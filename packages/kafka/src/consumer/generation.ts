import { findProtocolError } from "../connection.ts";

/** Errors that say that the group moves on: the batch must stop at once and the error go back to kafkajs, which joins again. */
const REBALANCED = new Set([
  "REBALANCE_IN_PROGRESS",
  "NOT_COORDINATOR_FOR_GROUP",
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
]);
/** Of these, the ones after which the partitions may already be another member's. */
const FENCED = new Set(["ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID"]);

/** One membership of the group with one assignment: from a join to the next. */
export interface Generation {
  readonly partitions: ReadonlySet<number>;
  /** Aborts when the generation ends. */
  readonly signal: AbortSignal;
  /** The offset that the next record of a partition should have. */
  readonly expected: Map<number, bigint>;
  /** Whether the start positions are set; until then its partitions stay paused. */
  positioned: boolean;
  /** Why it ended; null while it lasts, and when a new join followed without an error. */
  error: unknown;
  /** Whether another member may own the partitions, so that nothing may be committed any more. */
  fenced: boolean;
  end(): void;
}

export function createGeneration(partitions: readonly number[]): Generation {
  const controller = new AbortController();
  return {
    partitions: new Set(partitions),
    signal: controller.signal,
    expected: new Map(),
    positioned: false,
    error: null,
    fenced: false,
    end: () => controller.abort(new Error("the consumer group is rebalancing")),
  };
}

/** Ends the generation if the error says that the group moved on; true then. */
export function endIfRebalanced(generation: Generation, error: unknown): boolean {
  const code = findProtocolError(error);
  if (code === null || !REBALANCED.has(code)) return false;
  generation.error ??= error;
  if (FENCED.has(code)) generation.fenced = true;
  generation.end();
  return true;
}
