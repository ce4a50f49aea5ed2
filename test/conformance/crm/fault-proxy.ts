import { createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { InjectedFault } from "@inlet/crm/conformance";

export interface FaultProxy {
  readonly origin: string;
  /** The next request for this path, and it alone, meets the fault. */
  add(path: string, fault: InjectedFault): void;
  /** Resolves when every late write has landed. */
  landed(): Promise<void>;
  close(): Promise<void>;
}

export interface LateWrites {
  /** How long a late write is held back, ms: longer than its client waits. */
  readonly lateMs: number;
}

/** An HTTP proxy in front of a real CRM that breaks single requests, as networks and gateways do. */
export async function startFaultProxy(target: string, { lateMs }: LateWrites): Promise<FaultProxy> {
  const waiting: { path: string; fault: InjectedFault }[] = [];
  const late = new Set<Promise<unknown>>();

  const server = createServer((incoming, answer) => {
    void readBody(incoming).then(async (body) => {
      const at = waiting.findIndex(({ path }) => path === incoming.url);
      const fault = at === -1 ? null : (waiting.splice(at, 1)[0]?.fault ?? null);
      await meet(fault, incoming, body, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  async function meet(
    fault: InjectedFault | null,
    incoming: IncomingMessage,
    body: Buffer,
    answer: ServerResponse,
  ): Promise<void> {
    const carryOut = async (): Promise<Forwarded> => forward(target, incoming, body);
    switch (fault) {
      case null: {
        const { status, headers, body: content } = await carryOut();
        answer.writeHead(status, headers).end(content);
        return;
      }
      case "drop-before-write":
        incoming.socket.destroy();
        return;
      case "drop-after-write":
        await carryOut();
        incoming.socket.destroy();
        return;
      case "error-before-write":
        answer.writeHead(503).end();
        return;
      case "error-after-write":
        await carryOut();
        answer.writeHead(502).end();
        return;
      case "late-write": {
        const landing = new Promise((resolve) => setTimeout(resolve, lateMs)).then(carryOut);
        late.add(landing);
        await landing.finally(() => late.delete(landing));
        incoming.socket.destroy();
        return;
      }
      case "rate-limited":
        answer.writeHead(429, { "retry-after": "7" }).end();
        return;
      case "partial-failure":
        throw new Error("a proxy cannot take a batch apart");
    }
  }

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (path, fault) => void waiting.push({ path, fault }),
    landed: async () => void (await Promise.all(late)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Forwarded {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

async function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Forwarded> {
  const { host: _, connection: __, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const outgoing = request(`${target}${incoming.url}`, { method: incoming.method ?? "POST", headers }, (answer) => {
      void readBody(answer).then((content) => {
        const type = answer.headers["content-type"];
        resolve({
          status: answer.statusCode ?? 500,
          headers: type === undefined ? {} : { "content-type": type },
          body: content,
        });
      }, reject);
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
