/** Fastify alone: takes the body's bytes, answers as the gateway does. PORT says where. */
import { fastify } from "fastify";

const app = fastify({ bodyLimit: 32 * 1024 * 1024 });
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.get("/readyz", () => ({ status: "alive" }));
/** As the gateway's `/metrics` gives it: the suite reads the CPU time of a request from it. */
app.get("/metrics", () => {
  const { user, system } = process.cpuUsage();
  return `process_cpu_seconds_total ${(user + system) / 1e6}\n`;
});
app.post("/v1/inbound/:tenant/:source", (_request, reply) => {
  reply.code(202);
  return { eventId: "evt_0123456789abcdef0123456789abcdef", duplicate: false };
});
await app.listen({ host: "127.0.0.1", port: Number(process.env["PORT"]) });
// So that a CPU profile is written.
process.once("SIGTERM", () => process.exit());
