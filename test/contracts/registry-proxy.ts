import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface RegistryProxy {
  readonly url: string;
  /** Requests passed on since the start, `GET /schemas/ids/7`. */
  readonly requests: string[];
  /** `pass` to the registry; `refuse` connections; answer every request with a `page` (404, not the registry's); never answer (`hang`). */
  setMode(mode: "pass" | "refuse" | "page" | "hang"): Promise<void>;
  close(): Promise<void>;
}

/** Stands before the real registry, gives every subject a prefix of its own (so that runs do not meet), and can break. */
export async function startRegistryProxy(registryUrl: string, prefix: string): Promise<RegistryProxy> {
  const requests: string[] = [];
  let mode: "pass" | "refuse" | "page" | "hang" = "pass";
  const server = createServer((request, response) => {
    void (async () => {
      if (mode === "hang") return;
      if (mode === "page") {
        response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not Found</h1>");
        return;
      }
      const method = request.method ?? "GET";
      const path = (request.url ?? "/").replace(/^\/(subjects|config)\/(?=.)/, `/$1/${prefix}`);
      requests.push(`${method} ${path}`);
      const body = await text(request);
      const answer = await fetch(`${registryUrl}${path}`, {
        method,
        headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
        ...(body === "" ? {} : { body }),
      });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    })().catch(() => response.destroy());
  });
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    setMode: async (wanted) => {
      if (wanted === "refuse" && server.listening) await stop();
      if (wanted !== "refuse" && !server.listening) await listen(port);
      mode = wanted;
    },
    close: async () => {
      if (server.listening) await stop();
    },
  };
}
