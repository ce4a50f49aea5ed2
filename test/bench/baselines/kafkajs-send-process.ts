/** What one writes first: Fastify and one kafkajs send with `acks=all` a request, key and topic as the gateway's. PORT, KAFKA_BROKERS. */
import { randomUUID } from "node:crypto";
import { topicIn } from "@inlet/schemas";
import { fastify } from "fastify";
import { Kafka, Partitioners, logLevel } from "kafkajs";

const kafka = new Kafka({
  brokers: (process.env["KAFKA_BROKERS"] ?? "").split(","),
  clientId: "bench-kafkajs",
  logLevel: logLevel.ERROR,
});
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();

const topic = topicIn("rawEvents", "shared");
const app = fastify({ bodyLimit: 32 * 1024 * 1024 });
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.get("/readyz", () => ({ status: "alive" }));
/** As the gateway's `/metrics` gives it: the suite reads the CPU time of a request from it. */
app.get("/metrics", () => {
  const { user, system } = process.cpuUsage();
  return `process_cpu_seconds_total ${(user + system) / 1e6}\n`;
});
app.post("/v1/inbound/:tenant/:source", async (request, reply) => {
  const eventId = randomUUID();
  await producer.send({ topic, acks: -1, messages: [{ key: eventId, value: request.body as Buffer }] });
  reply.code(202);
  return { eventId, duplicate: false };
});
await app.listen({ host: "127.0.0.1", port: Number(process.env["PORT"]) });
// So that a CPU profile is written.
process.once("SIGTERM", () => process.exit());
