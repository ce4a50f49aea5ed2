import { ConfigError } from "@inlet/config";
import { expect, test } from "vitest";
import { seeksAbsentStack } from "./absent-stack.ts";

const missing = new ConfigError([{ where: "DATABASE_URL", field: "", problem: "is not set", remedy: "Set it" }]);
const other = new ConfigError([{ where: "LOG_LEVEL", field: "", problem: "is wrong", remedy: "Mend it" }]);

// The clone that runs the tests may have an Inlet running, whose commands find it; then there is nothing to say.
test.each([
  ["an address is given, and wrong", { DATABASE_URL: "postgres://x" }, missing],
  ["an address is given as a file", { DATABASE_URL_FILE: "/x" }, missing],
  ["another variable is at fault", {}, other],
  ["the command failed by itself", {}, new Error("no")],
])("%s: not for want of a running Inlet", async (_name, env, error) => {
  expect(await seeksAbsentStack(env, error)).toBe(false);
});
