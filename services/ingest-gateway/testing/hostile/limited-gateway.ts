import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Told } from "./gateway-alone.ts";
import { HEAP_MIB } from "./limits-of-compose.ts";

/** A gateway's process with the memory that compose gives it. */
export interface LimitedGateway {
  readonly ports: {
    readonly http: number;
    readonly smtp: number;
    readonly lmtp: number;
    /** Servers of Node alone that put together what comes, and throw it away. */
    readonly bareHttp: number;
    readonly bareTcp: number;
  };
  /** Null while it lives; else how it ended. */
  ended(): string | null;
  /** Asks it what it took and made so far. Rejects when it has ended. @param anew the highest memory is counted anew from now on */
  ask(options?: { readonly anew?: boolean }): Promise<Told>;
  stop(): Promise<void>;
}

export async function startLimitedGateway(): Promise<LimitedGateway> {
  const child = fork(fileURLToPath(new URL("gateway-alone.ts", import.meta.url)), {
    execArgv: [`--max-old-space-size=${HEAP_MIB}`, "--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaints = "";
  child.stderr?.on("data", (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4000)));
  let end: string | null = null;
  const exited = once(child, "exit").then(([code, signal]) => {
    end = `code ${String(code)}, signal ${String(signal)}: ${complaints}`;
  });
  const told = async (): Promise<unknown> => {
    const answer = once(child, "message").then(([message]) => message as unknown);
    return Promise.race([answer, exited.then(() => Promise.reject(new Error(`the gateway ended: ${end ?? ""}`)))]);
  };
  const ports = (await told()) as LimitedGateway["ports"];
  return {
    ports,
    ended: () => end,
    ask: async ({ anew = false } = {}) => {
      const answer = told();
      child.send({ anew });
      return (await answer) as Told;
    },
    stop: async () => {
      if (end === null) child.kill("SIGKILL");
      await exited;
    },
  };
}
