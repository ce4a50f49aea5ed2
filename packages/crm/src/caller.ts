import type { FormData } from "undici";
import type { AdapterOptions } from "./adapter-options.ts";
import { observeCall } from "./observe-call.ts";
import type { CallOptions, CallResult } from "./port.ts";
import { createTransport, type Exchange, type ExchangeResult, type Transport } from "./transport.ts";

export interface CallerRequest {
  readonly method: Exchange["method"];
  /** Behind the base URL's path. */
  readonly path: string;
  /** The path with names for what varies, such as `/crm/v3/objects/emails/{emailId}`: names the operation in spans and metrics. */
  readonly template: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
}

/** Makes an adapter's HTTP calls: address, credentials, deadline, span and report are settled here for every CRM. */
export interface Caller {
  /** `sort` says what the exchange came to. */
  call<T>(
    request: CallerRequest,
    options: CallOptions,
    sort: (result: ExchangeResult) => CallResult<T>,
  ): Promise<CallResult<T>>;
  /** Calls under way end by themselves. */
  close(): Promise<void>;
}

export interface CallerOptions extends Pick<AdapterOptions, "baseUrl" | "timeoutMs" | "tenant" | "log" | "onCall"> {
  /** The credentials' header; asked for every call, so that a rotated secret counts at once. */
  readonly authorization: () => Readonly<Record<string, string>>;
  readonly transport?: Transport;
}

/** `crm`: the adapter's kind, first word of every operation's name. Throws on a baseUrl that is no URL. */
export function createCaller(crm: string, options: CallerOptions): Caller {
  const baseUrl = new URL(options.baseUrl);
  const prefix = baseUrl.pathname.replace(/\/+$/, "");
  const { tenant, log, onCall, timeoutMs, authorization, transport = createTransport(baseUrl.origin) } = options;
  return {
    call: ({ method, path, template, headers, body }, { deadline }, sort) => {
      const exchange = (): Promise<ExchangeResult> =>
        transport.exchange({
          method,
          path: prefix + path,
          headers: { accept: "application/json", "user-agent": "inlet", ...headers, ...authorization() },
          ...(body === undefined ? {} : { body }),
          deadline: Math.min(deadline, Date.now() + timeoutMs),
        });
      return observeCall({ tenant, baseUrl, log, onCall }, { crm, method, template }, exchange, sort);
    },
    close: () => transport.close(),
  };
}
