import type { Ending, Outcome } from "@inlet/domain";

/** Carries an ending out of the steps to the one place that acts on it; never leaves the pipeline. */
export class Ended extends Error {
  override readonly name = "Ended";
  readonly ending: Ending;
  constructor(ending: Ending) {
    super(ending.kind);
    this.ending = ending;
  }
}

/** The value of a step's outcome, or the end of the steps. */
export function need<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "ok") return outcome.value;
  throw new Ended(outcome);
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
