import type { FormData } from "undici";
import type { AccessTokens } from "./access-tokens.ts";
import type { AdapterOptions } from "../adapter-options.ts";
import { observeCall } from "./observe-call.ts";
import type { CallOptions, CallResult } from "../port.ts";
import { readRequestBudget, type ReadBudgets } from "./rate-limit.ts";
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
  readonly tokens: AccessTokens;
  /** The headers that say who calls. */
  readonly authorization: (
    token: string,
    request: Pick<CallerRequest, "headers" | "body">,
  ) => Readonly<Record<string, string>>;
  readonly transport?: Transport;
  /** What the CRM's headers say of its limits, where they are its own; by default of requests, as most APIs write it. */
  readonly readBudgets?: ReadBudgets;
}

/**
 * `crm`: the adapter's kind, first word of every operation's name. A call that is answered 401 is made once more where there is another
 * token: a 401 is an answer, so nothing was carried out. Throws on a baseUrl that is no URL.
 */
export function createCaller(crm: string, options: CallerOptions): Caller {
  const baseUrl = new URL(options.baseUrl);
  const prefix = baseUrl.pathname.replace(/\/+$/, "");
  const {
    tenant,
    log,
    onCall,
    timeoutMs,
    tokens,
    authorization,
    readBudgets = readRequestBudget,
    transport = createTransport(baseUrl.origin),
  } = options;
  return {
    call: async <T>(
      request: CallerRequest,
      { deadline }: CallOptions,
      sort: (result: ExchangeResult) => CallResult<T>,
    ): Promise<CallResult<T>> => {
      const { method, path, template, headers, body } = request;
      let refused = false;
      const callWith = (token: string): Promise<CallResult<T>> => {
        const exchange = (): Promise<ExchangeResult> =>
          transport.exchange({
            method,
            path: prefix + path,
            headers: {
              accept: "application/json",
              "user-agent": "inlet",
              ...headers,
              ...authorization(token, { ...(headers && { headers }), ...(body === undefined ? {} : { body }) }),
            },
            ...(body === undefined ? {} : { body }),
            deadline: Math.min(deadline, performance.now() + timeoutMs),
          });
        return observeCall(
          { tenant, baseUrl, log, onCall, readBudgets },
          { crm, method, template },
          exchange,
          (result) => {
            refused = result.kind === "answer" && result.status === 401;
            return sort(result);
          },
        );
      };

      const token = await tokens.current({ deadline });
      if (!token.ok) return token;
      const first = await callWith(token.value);
      if (!refused) return first;
      const other = await tokens.replace(token.value, { deadline });
      if (!other.ok) return other;
      return other.value === null ? first : callWith(other.value);
    },
    close: async () => {
      await Promise.all([transport.close(), tokens.close()]);
    },
  };
}
