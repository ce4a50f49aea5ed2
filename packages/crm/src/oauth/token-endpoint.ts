import * as oauth from "oauth4webapi";
import type { AdapterOptions } from "../adapter-options.ts";
import { observeCall } from "../calls/observe-call.ts";
import type { CallResult } from "../port.ts";
import { createTransport, type ExchangeResult } from "../calls/transport.ts";
import { toErrorFault, toExchangeFault } from "./faults.ts";
import type { Grant } from "./grant.ts";

export interface IssuedToken {
  readonly accessToken: string;
  /** How long it is good, ms; null where the endpoint does not say. */
  readonly lifeMs: number | null;
  /** The one that counts from now on; null where the endpoint names none, so that the one it was sent stays good. */
  readonly refreshToken: string | null;
}

export interface TokenEndpoint {
  /** `refreshToken`: null for grant client_credentials. `deadline`: of `performance.now()`. */
  ask(refreshToken: string | null, deadline: number): Promise<CallResult<IssuedToken>>;
  close(): Promise<void>;
}

/**
 * The token endpoint of an authorization server (RFC 6749 3.2) in the words of oauth4webapi, over the adapters' own transport: that owns
 * the deadline, bounds the answer and follows no redirect. `options`: of the adapter that the tokens are for.
 */
export function createTokenEndpoint(
  { settings, clientSecret }: Grant,
  options: Pick<AdapterOptions, "tenant" | "log" | "onCall">,
): TokenEndpoint {
  const url = new URL(settings.tokenUrl);
  const transport = createTransport(url.origin, 1);
  const { tenant, log, onCall } = options;
  // The library speaks https only. Where a request really goes is the transport's; the tenant's file sees to it that http is a loopback address.
  const named = `https:${url.href.slice(url.protocol.length)}`;
  const server: oauth.AuthorizationServer = { issuer: named, token_endpoint: named };
  const client: oauth.Client = { client_id: settings.clientId };
  const authentication = settings.clientAuth === "post" ? oauth.ClientSecretPost : oauth.ClientSecretBasic;
  const parameters: Record<string, string> = settings.scope === null ? {} : { scope: settings.scope };

  const exchange = async (refreshToken: string | null, deadline: number): Promise<ExchangeResult> => {
    let result: ExchangeResult = { kind: "failure", reason: "connect", sent: false };
    const request: oauth.TokenEndpointRequestOptions = {
      headers: { "user-agent": "inlet" },
      additionalParameters: parameters,
      [oauth.customFetch]: async (_url, { headers, body }) => {
        const path = url.pathname + url.search;
        result = await transport.exchange({ method: "POST", path, headers, body: String(body), deadline });
        return new Response(null);
      },
    };
    const shown = authentication(clientSecret);
    await (refreshToken === null
      ? oauth.clientCredentialsGrantRequest(server, client, shown, parameters, request)
      : oauth.refreshTokenGrantRequest(server, client, shown, refreshToken, request));
    return result;
  };

  const sort = async (result: ExchangeResult): Promise<CallResult<IssuedToken>> => {
    if (result.kind !== "answer" || result.status >= 500 || result.status === 429) {
      return { ok: false, fault: toExchangeFault(result) };
    }
    try {
      const answer = await oauth.processRefreshTokenResponse(server, client, buildResponse(result));
      const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken } = answer;
      const lifeMs = seconds === undefined ? null : seconds * 1_000;
      return { ok: true, value: { accessToken, lifeMs, refreshToken: refreshToken ?? null } };
    } catch (error) {
      if (error instanceof oauth.ResponseBodyError) return { ok: false, fault: toErrorFault(error.error) };
      // RFC 6749 5.2: a client that showed a wrong secret in the Authorization header is answered 401 with a challenge.
      if (error instanceof oauth.WWWAuthenticateChallengeError) {
        return { ok: false, fault: toErrorFault("invalid_client") };
      }
      return { ok: false, fault: toExchangeFault(result) };
    }
  };

  return {
    ask: (refreshToken, deadline) =>
      observeCall(
        // Its limits are not the API's.
        { tenant, baseUrl: url, log, onCall, readBudgets: () => [] },
        { crm: "oauth", method: "POST", template: "token" },
        () => exchange(refreshToken, deadline),
        sort,
      ),
    close: () => transport.close(),
  };
}

/** What of an answer concerns an access token: an `id_token` or a `scope` in it is for somebody else, and not judged. Throws on what is no answer. */
function buildResponse({ status, headers, text }: Extract<ExchangeResult, { kind: "answer" }>): Response {
  const answer: unknown = JSON.parse(text);
  const body = Object.fromEntries(
    Object.entries(answer as object).filter(([name]) => name !== "id_token" && name !== "scope"),
  );
  const challenge = headers["www-authenticate"];
  return Response.json(body, { status, headers: challenge === undefined ? {} : { "www-authenticate": challenge } });
}
