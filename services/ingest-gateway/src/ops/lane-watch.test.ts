import { createInMemoryKafka } from "@inlet/kafka/testing";
import type { InMemoryKafka } from "@inlet/kafka/testing";
import { groupIn, topicIn } from "@inlet/schemas";
import { metrics } from "@inlet/telemetry";
import { afterEach, describe, expect, test } from "vitest";
import { LaneNotReadyError, watchLanes } from "./lane-watch.ts";
import { OLD_SECRET, startTestGateway, buildTenant, buildTenants } from "../../testing/test-gateway.ts";
import type { TestGateway } from "../../testing/test-gateway.ts";
import { NOW } from "../../testing/test-gateway.ts";
import { signedHeaders } from "../../testing/sign.ts";

let gateway: TestGateway | null = null;
afterEach(async () => {
  await gateway?.app.close();
  gateway = null;
});

const yaml = (more = ""): string => `name: A tenant
sources: { json: { kind: signed-json, secrets: ["env:OLD_SECRET"] } }
mailboxes: {}
crm: { kind: hubspot, token: "env:TOKEN" }
${more}`;

function watch(kafka: InMemoryKafka, lanes: string[]) {
  const said: object[] = [];
  const log = {
    error: (fields: object) => void said.push(fields),
    info: (fields: object) => void said.push(fields),
    debug: () => undefined,
  };
  return { said, watch: watchLanes({ kafka, lanes: () => lanes, log, everyMs: 0 }) };
}

async function alerts(code: string): Promise<number> {
  return (await metrics.alerts.get()).values.find(({ labels }) => labels["code"] === code)?.value ?? 0;
}

describe("a dedicated lane that is not set up (N1)", () => {
  test("its tenant alone is refused, with the remedy; once the topics exist its mail is taken", async () => {
    const kafka = createInMemoryKafka();
    const lanes = watch(kafka, ["shared", "globex"]);
    gateway = await startTestGateway({
      tenants: buildTenants(buildTenant("acme", yaml()), buildTenant("globex", yaml("isolation: dedicated\n"))),
      producer: await kafka.producer(),
      mustTakeLane: async (lane) => lanes.watch.mustTake(lane),
    });
    const { app } = gateway;
    const post = async (tenant: string) => {
      const payload = JSON.stringify({ eventId: `evt-${tenant}`, subject: "Hi" });
      const headers = { "content-type": "application/json", ...signedHeaders(OLD_SECRET, payload, NOW) };
      return app.inject({ method: "POST", url: `/v1/inbound/${tenant}/json`, payload, headers });
    };
    expect((await post("acme")).statusCode).toBe(202);
    const refused = await post("globex");
    expect(refused.statusCode).toBe(503);
    expect(refused.headers["content-type"]).toContain("problem+json");
    expect(refused.headers["retry-after"]).toBeDefined();
    expect(refused.json()).toMatchObject({
      code: "lane_not_ready",
      detail: expect.stringContaining("inlet topics apply --lane globex"),
    });
    expect((await post("acme")).statusCode).toBe(202);
    await (await kafka.admin()).applyTopics(["shared", "globex"]);
    await lanes.watch.look();
    expect((await post("globex")).statusCode).toBe(202);
  });

  test("says so once in the log and in the alerts", async () => {
    const lanes = watch(createInMemoryKafka(), ["globex"]);
    const before = await alerts("lane_without_topics");
    await lanes.watch.look();
    await lanes.watch.look();
    expect(lanes.said).toEqual([expect.objectContaining({ code: "lane_without_topics", lane: "globex" })]);
    expect(await alerts("lane_without_topics")).toBe(before + 1);
    await expect(lanes.watch.mustTake("globex")).rejects.toBeInstanceOf(LaneNotReadyError);
  });

  test("Kafka away is no reason to refuse without topics: the producer says what is the matter", async () => {
    const kafka = createInMemoryKafka();
    const lanes = watch(kafka, ["globex"]);
    kafka.faults.unavailable(true);
    await expect(lanes.watch.mustTake("globex")).resolves.toBeUndefined();
  });
});

test("a lane that no one reads is an alert after a while, a warning at once, and both end with a reader (N1)", async () => {
  const kafka = createInMemoryKafka({ lanes: ["globex"] });
  const lanes = watch(kafka, ["globex"]);
  const before = await alerts("lane_without_consumers");
  await lanes.watch.look();
  expect(lanes.watch.faults()).toEqual([expect.stringContaining("LANES=globex")]);
  expect(lanes.said).toEqual([]);
  await lanes.watch.look();
  await lanes.watch.look();
  await lanes.watch.look();
  expect(lanes.said).toEqual([expect.objectContaining({ code: "lane_without_consumers" })]);
  expect(await alerts("lane_without_consumers")).toBe(before + 1);
  for (const [service, topic] of [
    ["parser", "rawEvents"],
    ["crm-sink", "normalizedEvents"],
  ] as const)
    await kafka
      .consumer({
        groupId: groupIn(service, "globex"),
        topic: topicIn(topic, "globex"),
        handler: () => Promise.resolve({ processedThrough: null }),
      })
      .start();
  await lanes.watch.look();
  expect(lanes.watch.faults()).toEqual([]);
  expect(lanes.said).toHaveLength(2);
});
