import { parseArgs } from "node:util";

export type Wish =
  | { readonly kind: "list" }
  | {
      readonly kind: "run";
      readonly suite: string;
      readonly json: boolean;
      readonly seconds: number;
      readonly profileDir: string | null;
      readonly size: number | null;
    };

/** Wrong use: the message says what is wrong and what is right; the process ends with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const DEFAULT_SECONDS = 10;
const MOST_SECONDS = 600;
const LEAST_SIZE = 10_000;
const MOST_SIZE = 100_000_000;

/** Reads the command line of `npm run bench`. Throws {@link UsageError}. */
export function readArguments(argv: readonly string[], suites: readonly string[]): Wish {
  const { suite, json, seconds, list, profile, size } = parseOptions(argv);
  if (list === true) return { kind: "list" };
  if (suite === undefined) throw new UsageError(`--suite is missing: name one of ${suites.join(", ")}.`);
  if (!suites.includes(suite)) throw new UsageError(`--suite ${suite}: no such suite; there are ${suites.join(", ")}.`);
  const length = Number(seconds ?? DEFAULT_SECONDS);
  if (!(length >= 1 && length <= MOST_SECONDS)) {
    throw new UsageError(
      `--seconds ${seconds}: give a number from 1 to ${MOST_SECONDS}, the length of one measurement.`,
    );
  }
  const amount = size === undefined ? null : Number(size);
  if (amount !== null && !(Number.isInteger(amount) && amount >= LEAST_SIZE && amount <= MOST_SIZE))
    throw new UsageError(`--size ${size}: give a whole number from ${LEAST_SIZE} to ${MOST_SIZE}.`);
  return { kind: "run", suite, json: json ?? false, seconds: length, profileDir: profile ?? null, size: amount };
}

function parseOptions(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        suite: { type: "string" },
        json: { type: "boolean" },
        seconds: { type: "string" },
        profile: { type: "string" },
        list: { type: "boolean" },
        size: { type: "string" },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
