import type { LocalStack } from "@inlet/local-stack";

/** What a suite gets to measure with. Whatever it starts by {@link Bench.onEnd} is ended, also after a fault or Ctrl-C. */
export interface Bench {
  /** How long one measurement takes, s. */
  readonly seconds: number;
  /** Aborts at Ctrl-C; a suite ends soon after. */
  readonly signal: AbortSignal;
  /** Where servers that are measured leave a CPU profile (`--profile`); null for none. */
  readonly profileDir: string | null;
  /** How much there is to measure with (`--size`), for suites that take it; null: what the suite says. */
  readonly size: number | null;
  /** An empty folder, deleted at the end. */
  readonly dir: string;
  /** Tells the person who waits what is being measured. */
  note(line: string): void;
  /**
   * Kafka, registry and Postgres with topics of the lane `shared` and all schemas, started at the first call; what the environment
   * names (KAFKA_BROKERS, SCHEMA_REGISTRY_URL, DATABASE_URL) is used as it is.
   */
  stack(): Promise<LocalStack>;
  /** Runs when the suite has ended, however it ended; the last one given first. */
  onEnd(end: () => Promise<void>): void;
}

export type Cell = string | number | null;

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** A cell a column; null where nothing was measured. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A figure that docs/reference/benchmarks.md sets a bar for. Not met is a finding, not a failure: machines differ and are busy. */
export interface Bar {
  readonly what: string;
  /** The bar as words: `at least 0.5`. */
  readonly bar: string;
  readonly measured: number;
  readonly met: boolean;
}

export interface Report {
  readonly tables: readonly Table[];
  readonly bars: readonly Bar[];
}

/** One file in `suites/`, named like the suite, exporting `name`, `about` and `run`. */
export interface Suite {
  readonly name: string;
  /** One line for `--list`. */
  readonly about: string;
  run(bench: Bench): Promise<Report>;
}

export function atLeast(what: string, least: number, measured: number): Bar {
  return { what, bar: `at least ${least}`, measured, met: measured >= least };
}

export function under(what: string, limit: number, measured: number): Bar {
  return { what, bar: `under ${limit}`, measured, met: measured < limit };
}

export function atMost(what: string, most: number, measured: number): Bar {
  return { what, bar: `at most ${most}`, measured, met: measured <= most };
}
