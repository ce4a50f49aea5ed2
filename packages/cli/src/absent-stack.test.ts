import { ConfigError } from "@inlet/config";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { seeksAbsentStack } from "./absent-stack.ts";
import { CouldNotLook } from "./context.ts";

const missing = new ConfigError([{ where: "DATABASE_URL", field: "", problem: "is not set", remedy: "Set it" }]);
const other = new ConfigError([{ where: "LOG_LEVEL", field: "", problem: "is wrong", remedy: "Repair it" }]);

const away = Object.assign(new Error("away"), { name: "LedgerUnavailableError" });
const couldNotLook = new CouldNotLook("nothing was checked", { cause: missing });

// N5.
test.each([
  ["nothing says where it is", missing],
  ["the ledger does not answer", away],
  ["the command says it in its own words, as reconcile does", couldNotLook],
  ["a fault at the end of several", new Error("no", { cause: new Error("no", { cause: away }) })],
])("%s: no Inlet runs here", async (_name, error) => {
  expect(await seeksAbsentStack({}, error, path.join(tmpdir(), "inlet-that-never-ran"))).toBe(true);
});

// The clone that runs the tests may have an Inlet running, whose commands find it; then there is nothing to say.
test.each([
  ["an address is given, and wrong", { DATABASE_URL: "postgres://x" }, missing],
  ["an address is given as a file", { DATABASE_URL_FILE: "/x" }, missing],
  ["another variable is at fault", {}, other],
  ["the command failed by itself", {}, new Error("no")],
])("%s: not because no Inlet is running", async (_name, env, error) => {
  expect(await seeksAbsentStack(env, error)).toBe(false);
});
