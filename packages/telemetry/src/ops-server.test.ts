import { afterEach, describe, expect, it } from "vitest";
import { pino } from "pino";
import { startOpsServer } from "./ops-server.ts";
import type { OpsServer, ReadinessCheck } from "./ops-server.ts";
import { readiness } from "./readiness.ts";

const telemetry = {
  log: pino({ level: "silent" }),
  metricsText: () => Promise.resolve({ contentType: "text/plain", body: "inlet_waiting 3\n" }),
};
let server: OpsServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function get(path: string, checks: Record<string, ReadinessCheck> = {}, method = "GET"): Promise<Response> {
  await server?.close();
  server = await startOpsServer({ host: "127.0.0.1", port: 0, checks, telemetry });
  return fetch(`http://127.0.0.1:${server.port}${path}`, { method });
}

const good: ReadinessCheck = () => Promise.resolve({ ok: true });

describe("startOpsServer", () => {
  it("answers /healthz while it lives, whatever the checks say", async () => {
    const response = await get("/healthz", { ledger: () => Promise.resolve({ ok: false }) });
    expect(response.status).toBe(200);
  });

  it("answers /readyz with 200 and warnings when every check is ok", async () => {
    const response = await get("/readyz", {
      kafka: () => Promise.resolve({ ok: true, warn: true, detail: "replication 1" }),
    });
    expect([response.status, await response.json()]).toEqual([
      200,
      { ready: true, checks: { kafka: { ok: true, warn: true, detail: "replication 1" } } },
    ]);
  });

  it("answers /readyz with 503 naming what failed, without addresses", async () => {
    const response = await get("/readyz", {
      kafka: good,
      ledger: () => Promise.reject(new Error("no route to pg@db.example.com")),
    });
    const body = (await response.json()) as { ready: boolean; checks: Record<string, { ok: boolean; detail: string }> };
    expect([response.status, body.ready, body.checks["kafka"]?.ok]).toEqual([503, false, true]);
    expect(body.checks["ledger"]).toEqual({ ok: false, detail: "Error: no route to [address]" });
  });

  it("serves metrics and refuses other paths and methods", async () => {
    expect(await (await get("/metrics?x=1")).text()).toBe("inlet_waiting 3\n");
    expect((await get("/secret")).status).toBe(404);
    expect((await get("/healthz", {}, "POST")).status).toBe(405);
  });

  it("rejects when the port is taken", async () => {
    await get("/healthz");
    const port = server?.port ?? 0;
    await expect(startOpsServer({ host: "127.0.0.1", port, checks: {}, telemetry })).rejects.toThrow("EADDRINUSE");
  });
});

describe("readiness", () => {
  it("counts a check that does not answer as failed", async () => {
    const never: ReadinessCheck = () => new Promise(() => {});
    expect(await readiness({ never, good }, 20)).toEqual({
      ready: false,
      checks: { never: { ok: false, detail: "no answer within 20 ms" }, good: { ok: true } },
    });
  });
});
