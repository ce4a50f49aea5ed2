import { createMemoryBlobStore } from "@inlet/blob-store";
import type { TopicFault } from "@inlet/kafka";
import { TOPICS, topicIn } from "@inlet/schemas";
import { readiness } from "@inlet/telemetry";
import { describe, expect, test } from "vitest";
import { gatewayChecks } from "./checks.ts";
import type { CheckDeps } from "./checks.ts";
import { prepareSchemas } from "./schema-preparation.ts";
import { startTestGateway, buildTenant } from "../../testing/test-gateway.ts";
import { createTopicCheck } from "./topic-check.ts";

const acme = buildTenant(
  "acme",
  'name: Acme\nsources: {}\nmailboxes: {}\ncrm: { kind: hubspot, token: "env:TOKEN" }\n',
);

const allWell: CheckDeps = {
  kafka: { reachable: () => Promise.resolve(true) },
  blobs: { fault: () => Promise.resolve(null) },
  tenants: {
    get: () => acme,
    isBroken: () => false,
    all: () => [acme],
    faults: () => [],
    close: () => Promise.resolve(),
  },
  schemas: () => true,
  topicFaults: () => Promise.resolve([]),
  laneFaults: () => [],
  certificate: null,
};
const oneReplica: TopicFault = {
  topic: TOPICS.rawEvents.name,
  fault: "replication",
  expected: "3",
  actual: "1",
  severity: "warning",
};
const missing: TopicFault = {
  topic: TOPICS.rawEvents.name,
  fault: "missing",
  expected: "12 partitions",
  actual: "absent",
  severity: "error",
};

async function readyz(change: Partial<CheckDeps>) {
  const { ready, checks } = await readiness(gatewayChecks({ ...allWell, ...change }));
  return { status: ready ? 200 : 503, checks };
}

describe("readiness", () => {
  test("200 with every check when all is well", async () => {
    const { status, checks } = await readyz({});
    expect(status).toBe(200);
    expect(Object.keys(checks)).toEqual(["kafka", "topics", "lanes", "blobs", "schemas", "tenants"]);
  });

  test.each([
    ["kafka", { kafka: { reachable: () => Promise.resolve(false) } }],
    ["blobs", { blobs: { fault: () => Promise.resolve("away") } }],
    ["schemas", { schemas: () => false }],
    ["topics", { topicFaults: () => Promise.resolve([missing]) }],
    ["tenants", { tenants: { ...allWell.tenants, all: () => [] } }],
  ] as [string, Partial<CheckDeps>][])("503 naming %s when that fails", async (name, change) => {
    const { status, checks } = await readyz(change);
    expect(status).toBe(503);
    expect(
      Object.entries(checks)
        .filter(([, { ok }]) => !ok)
        .map(([failed]) => failed),
    ).toEqual([name]);
  });

  test("503 with what to do while the blob store has no marker (L23)", async () => {
    const blobs = createMemoryBlobStore();
    blobs.setMarked(false);
    const { status, checks } = await readyz({ blobs });
    expect(status).toBe(503);
    expect(checks["blobs"]?.detail).toContain("inlet blobs init");
  });

  test("a lane without topics leaves the others ready; one that no one reads is a warning (N1)", async () => {
    const dedicated = buildTenant(
      "globex",
      'name: Globex\nisolation: dedicated\nsources: {}\nmailboxes: {}\ncrm: { kind: hubspot, token: "env:TOKEN" }\n',
    );
    const { status, checks } = await readyz({
      tenants: { ...allWell.tenants, all: () => [acme, dedicated] },
      topicFaults: () => Promise.resolve([{ ...missing, topic: topicIn("rawEvents", "globex") }]),
      laneFaults: () => ["lane initech is not read"],
    });
    expect(status).toBe(200);
    expect(checks["topics"]).toMatchObject({ ok: true, warn: true });
    expect(checks["lanes"]).toMatchObject({ ok: true, warn: true, detail: "lane initech is not read" });
  });

  test("warns of a single replica and of broken tenant files, and stays ready", async () => {
    const fault = { where: "config/tenants/globex.yaml", field: "crm", problem: "is missing", remedy: "Add it" };
    const { status, checks } = await readyz({
      topicFaults: () => Promise.resolve([oneReplica]),
      tenants: { ...allWell.tenants, faults: () => [fault] },
    });
    expect(status).toBe(200);
    expect(checks["topics"]).toMatchObject({ ok: true, warn: true });
    expect(checks["tenants"]).toMatchObject({ ok: true, warn: true });
  });
});

test("warns of a certificate that ends soon, and stays ready", async () => {
  const ends = (days: number) => ({ current: () => ({ cert: "", key: "", validTo: Date.now() + days * 86_400_000 }) });
  expect((await readyz({ certificate: ends(60) })).checks["certificate"]).not.toHaveProperty("warn");
  const { status, checks } = await readyz({ certificate: ends(3) });
  expect(status).toBe(200);
  expect(checks["certificate"]).toMatchObject({ ok: true, warn: true });
});

test("D4: the public port says that it lives, and tells senders neither metrics nor checks", async () => {
  const gateway = await startTestGateway();
  expect((await gateway.app.inject({ url: "/healthz" })).json()).toEqual({ status: "alive" });
  for (const url of ["/metrics", "/readyz"]) {
    expect((await gateway.app.inject({ url })).json()).toMatchObject({ status: 404, code: "not_found" });
  }
  await gateway.app.close();
});

test("topic faults are asked once in a while, and anew after an error", async () => {
  let asked = 0;
  let away = true;
  let time = 0;
  const admin = {
    checkTopics: () => {
      asked += 1;
      return away ? Promise.reject(new Error("away")) : Promise.resolve([oneReplica]);
    },
    close: () => Promise.resolve(),
  };
  const check = createTopicCheck({ admin: () => Promise.resolve(admin as never) }, () => time);
  await expect(check.faults(["shared"])).rejects.toThrow("away");
  away = false;
  expect(await check.faults(["shared"])).toEqual([oneReplica]);
  await check.faults(["shared"]);
  expect(asked).toBe(2);
  await check.faults(["shared", "acme"]);
  time = 31_000;
  await check.faults(["shared", "acme"]);
  expect(asked).toBe(4);
});

test("schema ids are looked up until the registry answers", async () => {
  const prepared = Promise.withResolvers<void>();
  let attempts = 0;
  const preparation = prepareSchemas(
    {
      prepare: async () => {
        attempts += 1;
        if (attempts === 1) throw new Error("away");
        prepared.resolve();
      },
    },
    { warn: () => undefined },
  );
  expect(preparation.ready()).toBe(false);
  await prepared.promise;
  await Promise.resolve();
  expect(preparation.ready()).toBe(true);
  preparation.stop();
});
