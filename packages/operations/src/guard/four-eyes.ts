import { badInput } from "../problem.ts";

/** Operations that wait for a second person, each from so many emails on. */
export type FourEyes = ReadonlyMap<string, number>;

export const NO_FOUR_EYES: FourEyes = new Map();

/**
 * `dead-letters.discard`, or `replay.create>1000` for those that touch more.
 * @throws {Problem} on an operation that there is not: a slip would let pass what was to be held
 */
export function parseFourEyes(rules: readonly string[], names: readonly string[]): FourEyes {
  return new Map(
    rules.map((rule) => {
      const [name = "", above = "0"] = rule.split(">", 2);
      if (!names.includes(name)) throw badInput(`FOUR_EYES: ${name} is none of the operations ${names.join(", ")}`);
      return [name, Number(above)];
    }),
  );
}

export function needsSecondPerson(rules: FourEyes, operation: string, emails: number): boolean {
  const above = rules.get(operation);
  return above !== undefined && emails > above;
}
