import { expect, test } from "vitest";
import { readSandboxEnvironment } from "./sandbox.ts";
import { ConfigError } from "../types.ts";

test("nothing set: loopback, port 8090, in memory, every token", () => {
  expect(readSandboxEnvironment({})).toMatchObject({
    http: { host: "127.0.0.1", port: 8090 },
    dataDir: null,
    tokens: [],
    searchLagMs: 2000,
  });
});

test("tokens with and without their tenant; a directory", () => {
  const read = readSandboxEnvironment({
    SANDBOX_TOKEN: "plain-one, acme=pat-1=x",
    SANDBOX_DATA_DIR: "/var/lib/sandbox",
  });
  expect(read.tokens).toEqual([
    { tenant: "sandbox", token: "plain-one" },
    { tenant: "acme", token: "pat-1=x" },
  ]);
  expect(read.dataDir).toBe("/var/lib/sandbox");
});

test("every fault at once, and no token in the message", () => {
  const faulty = {
    SANDBOX_SEARCH_LAG_MS: "2s",
    SANDBOX_LIMIT_PER_10S: "-1",
    HTTP_PORT: "99999",
    SANDBOX_TOKEN: "hush",
  };
  let thrown: unknown;
  try {
    readSandboxEnvironment(faulty);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  const { faults, message } = thrown as ConfigError;
  expect(faults.map(({ where }) => where).toSorted()).toEqual([
    "HTTP_PORT",
    "SANDBOX_LIMIT_PER_10S",
    "SANDBOX_SEARCH_LAG_MS",
  ]);
  expect(message).not.toContain("hush");
});
