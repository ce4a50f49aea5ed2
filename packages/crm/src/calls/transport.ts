import { EnvHttpProxyAgent, Pool } from "undici";
import type { Dispatcher, FormData } from "undici";

/** Longest answer that is read, bytes; CRM answers are small, and a stream without end must not fill the memory. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface Exchange {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  /** Of `performance.now()`; the exchange is over by then, whatever it waits for: a free connection, TLS, the answer's last byte. */
  readonly deadline: number;
}

export type ExchangeResult =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly text: string;
    }
  | {
      readonly kind: "failure";
      /** `connect`: DNS, TCP or TLS; `timeout`: the deadline; `reset`: the connection broke, or the answer was no HTTP or over 8 MiB. */
      readonly reason: "connect" | "timeout" | "reset";
      /** The request's first byte had left: the other side may have acted on it. */
      readonly sent: boolean;
      /** What DNS, TCP, TLS or undici call it (`ENOTFOUND`, `CERT_HAS_EXPIRED`), for the log; left out where they have no word for it. */
      readonly cause?: string;
    };

export interface Transport {
  /** Never throws for what the network does. */
  exchange(request: Exchange): Promise<ExchangeResult>;
  close(): Promise<void>;
}

/**
 * HTTP/1.1 to one origin over kept-alive connections. It owns the call's only deadline, and tells exactly whether a request was begun:
 * undici announces a request in the same tick in which it writes the first byte, and an announced request can no longer be taken back.
 * Redirects are not followed. HTTP_PROXY, HTTPS_PROXY and NO_PROXY count, but for this machine's own addresses.
 */
export function createTransport(origin: string, connections = 64): Transport {
  const options = {
    connections,
    pipelining: 1,
    // One protocol, one meaning of "the first byte": HTTP/2 would share a connection between calls that fail together.
    allowH2: false,
    // The exchange's deadline is the only one.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: 30_000,
    maxResponseSize: MAX_ANSWER_BYTES,
  };
  const pool = isLoopback(origin) ? new Pool(origin, options) : new EnvHttpProxyAgent(options);
  return {
    exchange: (request) => exchange(pool, origin, request),
    // Calls under way end by themselves, at their deadline at the latest.
    close: async () => {
      await pool.close();
    },
  };
}

function exchange(pool: Dispatcher, origin: string, request: Exchange): Promise<ExchangeResult> {
  const remaining = request.deadline - performance.now();
  if (remaining <= 0) return Promise.resolve({ kind: "failure", reason: "timeout", sent: false });
  return new Promise((resolve) => {
    let sent = false;
    let ended = false;
    let status = 0;
    let headers: Record<string, string | undefined> = {};
    const chunks: Buffer[] = [];
    let controller: Dispatcher.DispatchController | undefined;

    const end = (result: ExchangeResult): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      resolve(result);
    };
    const timer = setTimeout(() => {
      end({ kind: "failure", reason: "timeout", sent });
      controller?.abort(new Error("deadline of the call"));
    }, remaining);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(begun) {
        // It waited for a connection until its deadline: not one byte may leave now.
        if (ended) {
          begun.abort(new Error("deadline of the call"));
          return;
        }
        controller = begun;
        sent = true;
      },
      onResponseStart(_controller, code, received) {
        if (code < 200) return;
        status = code;
        headers = Object.fromEntries(
          Object.entries(received).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
        );
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        end({ kind: "answer", status, headers, text: Buffer.concat(chunks).toString("utf8") });
      },
      onResponseError(_controller, error) {
        end({ kind: "failure", reason: sent ? "reset" : "connect", sent, ...getCause(error) });
      },
    };
    try {
      pool.dispatch(
        { origin, method: request.method, path: request.path, headers: request.headers, body: request.body ?? null },
        handler,
      );
    } catch (error) {
      // undici refuses a request that it cannot write (a closed pool, a header with a line break) before it begins it.
      end({ kind: "failure", reason: "connect", sent: false, ...getCause(error) });
    }
  });
}

function isLoopback(origin: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(origin).hostname);
}

/** The code of the error, or of what caused it: a word of a fixed list, hence nothing of anybody's. */
function getCause(error: unknown): { cause?: string } {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const several = at instanceof AggregateError ? at.errors[0] : undefined;
    const code = (at as { code?: unknown }).code ?? (several as { code?: unknown } | undefined)?.code;
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return { cause: code };
  }
  return {};
}
