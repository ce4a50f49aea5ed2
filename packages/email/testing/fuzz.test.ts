import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fuzzInput, fuzzOne } from "./fuzz.ts";

const root = new URL("../../../test/emails/", import.meta.url);
const seeds = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".eml"))
  .toSorted()
  .map((name) => readFileSync(new URL(name.replaceAll("\\", "/"), root)));
const MUTATIONS = 2_000;

/** UN9: whatever arrives ends as an outcome. `npm run fuzz` does the same for 100,000 inputs, watched from outside. */
test("mutations of the catalog never throw, and what they give can be stored", { timeout: 120_000 }, async () => {
  const outcomes = new Map<string, number>();
  for (let number = 0; number < MUTATIONS; number++) {
    const outcome = await fuzzOne(fuzzInput(seeds, number)).catch(
      (error: unknown) => `input ${number}: ${String(error)}`,
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  console.log(`fuzz: ${MUTATIONS} mutations of ${seeds.length} mails, ${JSON.stringify([...outcomes])}`);
  expect([...outcomes.keys()].filter((key) => key.startsWith("input"))).toEqual([]);
  expect(outcomes.get("email")).toBeGreaterThan(MUTATIONS / 2);
});
