import { expect, test } from "vitest";
import { asCalled } from "./called-as.ts";

// N10: in a container there is no `npx inlet`.
test.each([
  ["/usr/local/bin/inlet", "inlet show evt_1, inlet dlq list"],
  ["/opt/ana/bin/inlet", "inlet show evt_1, inlet dlq list"],
  ["/clone/node_modules/.bin/inlet", "npx inlet show evt_1, npx inlet dlq list"],
  ["/clone/packages/cli/bin/inlet.mjs", "npx inlet show evt_1, npx inlet dlq list"],
  ["/clone/scripts/start.mjs", "npx inlet show evt_1, npx inlet dlq list"],
  ["", "npx inlet show evt_1, npx inlet dlq list"],
])("called as %j, hints say %s", (calledAs, expected) => {
  expect(asCalled("npx inlet show evt_1, npx inlet dlq list", calledAs)).toBe(expected);
});
