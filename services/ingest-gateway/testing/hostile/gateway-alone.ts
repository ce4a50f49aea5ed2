/** A process with a whole gateway and nothing behind it: what would go to Kafka is counted and forgotten. Forked by limited-gateway.ts. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { initBlobStore, openBlobStore } from "@inlet/blob-store";
import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import type { NewRecord } from "@inlet/kafka";
import { pino } from "pino";
import { createGateway } from "../../src/gateway.ts";
import { budgetWithin } from "../../src/body/body-budget.ts";
import { openSmtpServers } from "../../src/smtp/smtp-servers.ts";
import { buildTenants } from "../test-gateway.ts";
import { CONTAINER_BYTES } from "./limits-of-compose.ts";
import { tenantsUnderAttack } from "./tenants.ts";

/** What the process tells of itself when it is asked. */
export interface Told {
  /** Microseconds since it started. */
  readonly cpu: NodeJS.CpuUsage;
  readonly peakRssBytes: number;
  /** Objects and buffers, now and at most since they were last counted anew (as seen every 20 ms). */
  readonly heldBytes: number;
  readonly highestHeldBytes: number;
  /** Keys of the neighbour's records, in order. */
  readonly neighbours: readonly string[];
  readonly records: number;
}

const dir = mkdtempSync(join(tmpdir(), "inlet-hostile-"));
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
const blobs = pathToFileURL(join(dir, "blobs")).href;
await initBlobStore(blobs);
const neighbours: string[] = [];
let records = 0;
const log = pino({ level: "fatal" });
const shared = {
  tenants: buildTenants(...tenantsUnderAttack()),
  producer: {
    send: async ({ topic, key }: NewRecord) => {
      if (String(key).startsWith("neighbour/")) neighbours.push(String(key));
      records += 1;
      return { topic, partition: 0, offset: BigInt(records) };
    },
    close: async () => undefined,
  },
  blobs: openBlobStore(blobs),
  codec: createCodec({ registry: createLocalSchemaIds() }),
  bodyBudget: budgetWithin(CONTAINER_BYTES),
};
const app = await createGateway({
  ...shared,
  telemetry: { log },
  memoryBytes: CONTAINER_BYTES,
  sns: { certificate: async () => Promise.reject(new Error("away")), confirm: async () => undefined },
});
await app.listen({ host: "127.0.0.1", port: 0 });
const mail = await openSmtpServers(
  { ...shared, log, certificate: null, trustedProxies: [] },
  { host: "127.0.0.1", port: 0, tlsPort: null, lmtpPort: 0, name: "mx.inlet.example" },
);
const heldBytes = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
let highest = 0;
const watch = (): void => void (highest = Math.max(highest, heldBytes()));
let watching: NodeJS.Timeout | undefined;
process.on("message", ({ anew }: { anew: boolean }) => {
  if (anew) {
    globalThis.gc?.();
    highest = 0;
    watching ??= setInterval(watch, 20);
  }
  watch();
  const told: Told = {
    cpu: process.cpuUsage(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    heldBytes: heldBytes(),
    highestHeldBytes: highest,
    neighbours,
    records,
  };
  process.send?.(told);
});
process.on("disconnect", () => process.exit(0));
/** What receiving costs anybody in Node: servers that put together what comes and throw it away, by HTTP and by TCP alone. */
const keep = (stream: Readable, end: () => void): void => {
  const pieces: Buffer[] = [];
  stream.on("error", () => {});
  // Millions of pieces would end the process, as they ended the gateway.
  stream.on("data", (piece: Buffer) => void (pieces.length < 20_000 && pieces.push(piece)));
  stream.on("end", () => {
    Buffer.concat(pieces);
    end();
  });
};
const bareHttp = createHttpServer((request, response) =>
  keep(request, () => response.writeHead(401, { "content-length": 0 }).end()),
);
const bareTcp = createServer((socket) => {
  keep(socket, () => {});
  socket.write("220\r\n");
});
const readPort = async (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
process.send?.({
  http: (app.server.address() as AddressInfo).port,
  smtp: mail.ports.smtp,
  lmtp: mail.ports.lmtp,
  bareHttp: await readPort(bareHttp),
  bareTcp: await readPort(bareTcp),
});
