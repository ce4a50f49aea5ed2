import { createServer } from "node:net";
import getPort from "get-port";
import { LocalStackError } from "./errors.ts";

export interface StackPorts {
  readonly kafka: number;
  /** KRaft's controller listener. */
  readonly controller: number;
  readonly registry: number;
  readonly postgres: number;
}

export const DEFAULT_PORTS: StackPorts = { kafka: 9092, controller: 9093, registry: 8081, postgres: 5433 };

/** Free ports below the range from which the system takes the ports of outgoing connections, so that none is taken in between. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const candidates = Array.from({ length: 50 }, () => 20_000 + Math.floor(Math.random() * 10_000));
    found.push(await getPort({ host: "127.0.0.1", port: candidates, exclude: found }));
  }
  return found;
}

export async function freeStackPorts(): Promise<StackPorts> {
  const [kafka = 0, controller = 0, registry = 0, postgres = 0] = await freePorts(4);
  return { kafka, controller, registry, postgres };
}

/**
 * Throws {@link LocalStackError} when something already listens on the port.
 * @param who the part that needs it, as the reader knows it
 * @param remedy what else can be done than stopping what listens there
 */
export async function assertPortFree(port: number, who: string, remedy: string): Promise<void> {
  const taken = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(true));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(false)));
  });
  if (taken) {
    throw new LocalStackError(
      `port ${port} is taken, and ${who} needs it. Stop what listens there (lsof -i :${port} names it), or ${remedy}.`,
    );
  }
}
