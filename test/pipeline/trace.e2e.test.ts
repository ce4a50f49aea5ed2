import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet } from "../running/running-inlet.ts";
import { receiveTraces, type ReceivedSpan } from "../running/trace-receiver.ts";

/** OP4: one trace from the POST to the last CRM call, retries included; waiting makes no spans; a replay is a new trace linked to the old. */
let inlet: RunningInlet;
let traces: Awaited<ReturnType<typeof receiveTraces>>;

beforeAll(async () => {
  traces = await receiveTraces();
  inlet = await runInlet({ otlpEndpoint: traces.endpoint });
}, 300_000);
afterAll(async () => {
  await inlet?.close();
  await traces?.close();
});

it("shows gateway, parser, sink and every CRM call of an email, a retry among them, as one tree", async () => {
  const [gateway, parser, sink] = await Promise.all([
    inlet.start("ingest-gateway"),
    inlet.start("parser"),
    inlet.start("crm-sink"),
  ]);
  // A locked record is a passing fault of the record: the email waits a second in the ledger and is tried again.
  inlet.sandbox.faults.add({ match: { method: "POST", path: "/crm/*/objects/emails" }, status: 423, times: 1 });
  const eventId = await inlet.post(gateway, "trace-1", mail("trace-1", "ann@example.com"));
  const row = await eventually(
    "the email to be written",
    async () => {
      const found = await inlet.ledger.inspect.delivery("acme", eventId);
      return found?.state === "written" ? found : null;
    },
    60_000,
  );
  expect(row.attempt).toBe(1);
  await Promise.all([gateway, parser, sink].map(async (service) => service.stop()));

  const spans = traces.spans.filter(({ traceId }) => traceId === row.traceId);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const roots = spans.filter(({ parentId }) => !byId.has(parentId));
  expect(roots.map(({ service, kind }) => [service, kind])).toEqual([["ingest-gateway", 2]]);
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(["ingest-gateway", "parser", "crm-sink"]));
  const getPath = (span: ReceivedSpan): string[] => {
    const parent = byId.get(span.parentId);
    return [...(parent === undefined ? [] : getPath(parent)), `${span.service}:${span.kind}`];
  };
  const calls = spans.filter(({ kind, service }) => kind === 3 && service === "crm-sink");
  const toCrm = ["ingest-gateway:2", "ingest-gateway:4", "parser:5", "parser:4", "crm-sink:5", "crm-sink:3"];
  for (const call of calls) expect(getPath(call)).toEqual(toCrm);
  const posts = calls.filter(({ name }) => name.includes("POST") && name.endsWith("/objects/emails"));
  expect(posts.map(({ attributes }) => attributes["http.response.status_code"])).toEqual(["423", "201"]);
  expect(new Set(posts.map(({ parentId }) => parentId)).size).toBe(2);
  expect(spans.filter(({ name, service }) => service === "crm-sink" && name.startsWith("process")).length).toBe(2);
  // Nothing of the person stands in a span.
  expect(JSON.stringify(spans)).not.toContain("ann@example.com");
}, 120_000);

it("starts a new trace for a replay from the dlq, linked to the old one", async () => {
  const services = await Promise.all([inlet.start("ingest-gateway"), inlet.start("parser"), inlet.start("crm-sink")]);
  inlet.sandbox.faults.add({
    match: { method: "POST", path: "/crm/*/objects/emails" },
    status: 400,
    category: "VALIDATION_ERROR",
    times: 1,
  });
  const eventId = await inlet.post(services[0], "trace-2", mail("trace-2", "bob@example.com"));
  const stateIs = async (state: string) =>
    eventually(
      `the email to be ${state}`,
      async () => {
        const found = await inlet.ledger.inspect.delivery("acme", eventId);
        return found?.state === state ? found : null;
      },
      60_000,
    );
  const dead = await stateIs("dead_lettered");
  expect(dead.reason).toBe("crm_rejected");
  const listed = await inlet.inlet("dlq", "list", "--json");
  expect((JSON.parse(listed.stdout) as { eventId: string }[]).map((each) => each.eventId)).toEqual([eventId]);
  expect((await inlet.inlet("dlq", "show", eventId)).stdout).toMatch(/x-dlq-original-topic +normalized-events/);
  expect(await inlet.inlet("dlq", "replay", eventId)).toMatchObject({ code: 0 });
  expect(await stateIs("written")).toMatchObject({ pass: 1 });
  await Promise.all(services.map(async (service) => service.stop()));

  const replay = traces.spans.find(({ name }) => name === "replay dead letter");
  expect(replay?.traceId).not.toBe(dead.traceId);
  expect(replay?.links).toEqual([dead.traceId]);
  const delivered = traces.spans.filter(
    ({ traceId, service }) => traceId === replay?.traceId && service === "crm-sink",
  );
  expect(delivered.some(({ name }) => name.endsWith("/objects/emails"))).toBe(true);
}, 120_000);

function mail(id: string, from: string): string {
  return `From: ${from}\r\nTo: sales@inlet.example\r\nSubject: ${id}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@example.com>\r\n\r\nHello\r\n`;
}
