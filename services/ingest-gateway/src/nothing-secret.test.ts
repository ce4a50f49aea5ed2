import { metricsRegistry } from "@inlet/telemetry";
import { afterEach, expect, test } from "vitest";
import { signedHeaders } from "../testing/sign.ts";
import { NOW, OLD_SECRET, SECRET, WHSEC, startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;
afterEach(() => gateway.app.close());

const BODY = JSON.stringify({
  eventId: "evt-1",
  from: { name: "Ann Example", email: "ann@client.example" },
  to: "sales@acme.example",
  subject: "A private offer",
  text: "For your eyes only",
});
const PRIVATE = [
  SECRET,
  OLD_SECRET,
  WHSEC,
  "crm-token",
  "Ann",
  "client.example",
  "sales@",
  "private offer",
  "eyes only",
];

test("IN9: no secret, signature, address or content is in a log line, an answer or a metric", async () => {
  gateway = await startTestGateway();
  const signed = signedHeaders(SECRET, BODY, NOW);
  const cases: Record<string, string>[] = [
    signed,
    { ...signed, "x-webhook-signature": "0".repeat(64) },
    { ...signed, "x-webhook-signature": SECRET },
    { ...signed, "x-webhook-timestamp": "0" },
    { ...signed, "content-type": "text/plain" },
  ];
  const answers = [];
  for (const headers of cases) answers.push(await gateway.postJson(BODY, { headers }));
  gateway.producer.gate = async () => Promise.reject(new Error(`a port's fault`));
  answers.push(
    await gateway.postJson(BODY.replace("evt-1", "evt-2"), {
      headers: signedHeaders(SECRET, BODY.replace("evt-1", "evt-2"), NOW),
    }),
  );
  answers.push(await gateway.postJson(BODY, { url: `/v1/inbound/acme/${encodeURIComponent(SECRET)}` }));
  answers.push(
    await gateway.postJson(BODY, {
      url: `/v1/inbound/acme/json?token=${SECRET}`,
      headers: { "x-webhook-signature": "x" },
    }),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 401, 401, 401, 415, 500, 404, 401]);

  const shown = [
    ...gateway.logs,
    ...answers.map(({ body, headers }) => body + JSON.stringify(headers)),
    await metricsRegistry.metrics(),
  ].join("\n");
  expect(gateway.logs.length).toBeGreaterThanOrEqual(answers.length);
  const signature = signed["x-webhook-signature"];
  expect([...PRIVATE, signature].filter((word) => shown.includes(word))).toEqual([]);
});
