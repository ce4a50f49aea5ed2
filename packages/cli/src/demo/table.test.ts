import { expect, test } from "vitest";
import { demoTable, toExitCode } from "./table.ts";

const row = { title: "reply", eventId: "evt_1", became: null, ms: null };

// `inlet samples` ended with 0 whatever the table said.
test("one row that is not as expected fails the command, and is named with the way to look at it", () => {
  expect(toExitCode([{ ...row, problems: [] }])).toBe(0);
  const wrong = { ...row, problems: ["not final in time"] };
  expect(toExitCode([{ ...row, problems: [] }, wrong])).toBe(1);
  expect(demoTable([wrong])).toContain("✗ reply (npx inlet show evt_1): not final in time");
});
