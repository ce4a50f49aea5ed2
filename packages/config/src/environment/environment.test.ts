import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError, readEnvironment, summary } from "../index.ts";
import type { ConfigFault, Need, RawEnvironment } from "../index.ts";

const complete = {
  KAFKA_BROKERS: "kafka-1:9092, kafka-2:9092",
  SCHEMA_REGISTRY_URL: "http://registry:8081/apis/ccompat/v7",
  DATABASE_URL: "postgres://inlet:open-sesame@db:5432/inlet",
  BLOB_STORE_URL: "file:///var/lib/inlet/blobs",
  TENANTS_DIR: "config/tenants",
};
const needs: Need[] = ["kafka", "registry", "database", "blobs", "tenants"];

function findFaults(env: RawEnvironment, wanted: Need[] = needs): readonly ConfigFault[] {
  try {
    readEnvironment(env, wanted);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe("readEnvironment", () => {
  test("reads what is set and fills in the defaults", () => {
    const environment = readEnvironment(complete, needs, { HTTP_PORT: "8082" });
    expect(environment.kafka).toEqual({ brokers: ["kafka-1:9092", "kafka-2:9092"], ssl: false, sasl: null });
    expect(environment.http).toEqual({ host: "127.0.0.1", port: 8082 });
    expect(environment.lanes).toEqual(["shared"]);
    expect(environment.logLevel).toBe("info");
    expect(environment.otlpEndpoint).toBeNull();
  });

  test("what is set wins over the process's own default", () => {
    expect(readEnvironment({ ...complete, HTTP_PORT: "9000" }, needs, { HTTP_PORT: "8082" }).http.port).toBe(9000);
  });

  test("asks only for what the process needs", () => {
    expect(readEnvironment({ KAFKA_BROKERS: "localhost:9092" }, ["kafka"]).databaseUrl).toBe("");
    expect(findFaults({}, ["database"]).map(({ where }) => where)).toEqual(["DATABASE_URL"]);
  });

  test("lists every fault at once, each with variable, problem and remedy", () => {
    const faults = findFaults({
      ...complete,
      KAFKA_BROKERS: "kafka-without-port",
      DATABASE_URL: "",
      LOG_LEVEL: "chatty",
      HTTP_PORT: "70000",
      PARKED_MAX_BYTES: "1e9",
      LANES: "shared,Über",
    });
    expect(faults.map(({ where }) => where).toSorted()).toEqual([
      "DATABASE_URL",
      "HTTP_PORT",
      "KAFKA_BROKERS",
      "LANES",
      "LOG_LEVEL",
      "PARKED_MAX_BYTES",
    ]);
    for (const { problem, remedy } of faults) {
      expect(problem).not.toBe("");
      expect(remedy).toMatch(/such as /);
    }
  });

  test("never repeats the value of a secret in a fault", () => {
    const [fault] = findFaults({ ...complete, DATABASE_URL: "mysql://inlet:open-sesame@db/inlet" });
    expect(fault?.where).toBe("DATABASE_URL");
    expect(JSON.stringify(fault)).not.toContain("open-sesame");
  });

  test("SASL is all or nothing", () => {
    expect(findFaults({ ...complete, KAFKA_SASL_USERNAME: "inlet" }).map(({ where }) => where)).toEqual([
      "KAFKA_SASL_MECHANISM",
      "KAFKA_SASL_PASSWORD",
    ]);
    const { kafka } = readEnvironment(
      { ...complete, KAFKA_SASL_MECHANISM: "plain", KAFKA_SASL_USERNAME: "u", KAFKA_SASL_PASSWORD: "p" },
      needs,
    );
    expect(kafka.sasl).toEqual({ mechanism: "plain", username: "u", password: "p" });
  });

  test("is frozen through and through", () => {
    const environment = readEnvironment(complete, needs);
    expect(Object.isFrozen(environment) && Object.isFrozen(environment.kafka.brokers)).toBe(true);
  });
});

describe("NAME_FILE", () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "inlet-environment-"));
    writeFileSync(join(dir, "database-url"), `${complete.DATABASE_URL}\n`);
    writeFileSync(join(dir, "empty"), "");
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test("gives the value without the newline at its end", () => {
    const { DATABASE_URL: _, ...rest } = complete;
    const environment = readEnvironment({ ...rest, DATABASE_URL_FILE: join(dir, "database-url") }, needs);
    expect(environment.databaseUrl).toBe(complete.DATABASE_URL);
  });

  test.each([
    ["both set", { ...complete, DATABASE_URL_FILE: "x" }, "DATABASE_URL", /is set, and so is DATABASE_URL_FILE/],
    ["missing file", { ...complete, DATABASE_URL: "", DATABASE_URL_FILE: "nowhere" }, "DATABASE_URL_FILE", /ENOENT/],
    ["empty file", { ...complete, DATABASE_URL: "", DATABASE_URL_FILE: "empty" }, "DATABASE_URL_FILE", /empty file/],
  ])("%s is one fault", (_case, env, where, problem) => {
    const path = env.DATABASE_URL_FILE;
    const faults = findFaults({ ...env, DATABASE_URL_FILE: join(dir, path) });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ where });
    expect(faults[0]?.problem).toMatch(problem);
  });
});

test("the summary shows secrets only as present or absent", () => {
  const environment = readEnvironment(
    {
      ...complete,
      KAFKA_SASL_MECHANISM: "plain",
      KAFKA_SASL_USERNAME: "inlet",
      KAFKA_SASL_PASSWORD: "open-sesame",
      SCHEMA_REGISTRY_AUTH: "inlet:open-sesame",
      URL_SIGNING_KEYS: "open-sesame-open-sesame-open-sesame-1",
      INLET_TOKEN: "open-sesame",
    },
    needs,
  );
  const shown = inspect(summary(environment));
  expect(shown).not.toContain("open-sesame");
  expect(summary(environment)).toMatchObject({
    databasePassword: "present",
    inletToken: "present",
    urlSigningKeys: "present (1)",
  });
});
