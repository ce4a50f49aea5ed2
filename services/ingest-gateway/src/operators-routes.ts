import { readiness } from "@inlet/telemetry";
import type { ReadinessCheck, Telemetry } from "@inlet/telemetry";
import type { FastifyInstance } from "fastify";

/** `/healthz` (the process lives), `/readyz` (every check; 503 when one fails) and `/metrics`, on the port of the service. */
export function operatorsRoutes(
  app: FastifyInstance,
  checks: Readonly<Record<string, ReadinessCheck>>,
  telemetry: Pick<Telemetry, "metricsText">,
): void {
  app.get("/healthz", (_request, reply) => reply.header("cache-control", "no-store").send({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const state = await readiness(checks);
    return reply
      .code(state.ready ? 200 : 503)
      .header("cache-control", "no-store")
      .send(state);
  });
  app.get("/metrics", async (_request, reply) => {
    const { contentType, body } = await telemetry.metricsText();
    return reply.header("cache-control", "no-store").type(contentType).send(body);
  });
}
