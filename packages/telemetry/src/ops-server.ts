import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readiness } from "./readiness.ts";
import type { ReadinessCheck } from "./readiness.ts";
import type { Telemetry } from "./port.ts";

export type { ReadinessCheck } from "./readiness.ts";

export interface OpsServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** What must work for the service to do its work, by name. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly telemetry: Pick<Telemetry, "metricsText" | "log">;
}

export interface OpsServer {
  /** The port it really listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * The operators' HTTP of a service, apart from what others reach: `/healthz` (200 while the process lives), `/readyz` (200 or 503, JSON with every
 * check, 1.5 s at most each), `/metrics` (Prometheus text). Rejects when the port is taken.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.telemetry.log.error({ err: error, path: request.url }, "operators' request failed");
      if (!response.headersSent) json(response, 500, { status: 500, title: "internal error" });
      else response.destroy();
    });
  });
  server.requestTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: OpsServerOptions): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    json(response, 405, { status: 405, title: "method not allowed" });
    return;
  }
  switch ((request.url ?? "/").split("?", 1)[0]) {
    case "/healthz":
      json(response, 200, { status: "alive" });
      return;
    case "/readyz": {
      const state = await readiness(options.checks);
      json(response, state.ready ? 200 : 503, state);
      return;
    }
    case "/metrics": {
      const { contentType, body } = await options.telemetry.metricsText();
      response.writeHead(200, { "content-type": contentType, "cache-control": "no-store" }).end(body);
      return;
    }
    default:
      json(response, 404, { status: 404, title: "not found", detail: "there are /healthz, /readyz and /metrics" });
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 && status !== 503 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(JSON.stringify(body));
}
