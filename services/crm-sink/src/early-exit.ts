import type { EarlyDisposition, StepResult } from "@inlet/domain";

/** Carries an ending out of the steps to the one place that acts on it; never leaves the pipeline. */
export class EarlyExit extends Error {
  override readonly name = "EarlyExit";
  readonly disposition: EarlyDisposition;
  constructor(disposition: EarlyDisposition) {
    super(disposition.kind);
    this.disposition = disposition;
  }
}

/** The value of a step's outcome, or the end of the steps. */
export function unwrap<T>(outcome: StepResult<T>): T {
  if (outcome.kind === "ok") return outcome.value;
  throw new EarlyExit(outcome);
}

/** This partition cannot go on for now, and nothing of it may wait in the ledger: Kafka keeps the backlog. */
export class PausePartition extends Error {
  override readonly name = "PausePartition";
  readonly pauseMs: number;
  constructor(pauseMs: number, why: string) {
    super(why);
    this.pauseMs = pauseMs;
  }
}
