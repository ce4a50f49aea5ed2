import type { CallFault } from "../port.ts";
import { retryAfter } from "../calls/retry-after.ts";
import type { ExchangeResult } from "../calls/transport.ts";

/**
 * Every `code` of a fault on the way to an access token. All are outages of the tenant's CRM, and none of them is `unknown`: without a token
 * nothing is sent to the CRM.
 *
 * `connect`, `deadline`, `timeout`, `reset`, `429`, `5xx`: the token endpoint is away or busy. `busy`: another instance asks it, and had no answer before
 * the deadline. `unreadable`: its answer is none of RFC 6749's; `endpoint`: neither is its refusal, so crm.oauth.tokenUrl is wrong.
 * `invalid_grant`: the refresh token is over; only a person can authorize Inlet again. `invalid_client`: the client's id or secret is
 * wrong, or it may not use this grant. `refused`: another refusal (RFC 6749 5.2), such as an invalid scope.
 */
export const OAUTH_CODES = [
  "oauth:connect",
  "oauth:deadline",
  "oauth:timeout",
  "oauth:reset",
  "oauth:429",
  "oauth:5xx",
  "oauth:busy",
  "oauth:unreadable",
  "oauth:endpoint",
  "oauth:invalid_grant",
  "oauth:invalid_client",
  "oauth:refused",
] as const;

export type OAuthCode = (typeof OAUTH_CODES)[number];

const OAUTH_ALERTS = [
  "oauth:invalid_grant",
  "oauth:invalid_client",
  "oauth:refused",
  "oauth:endpoint",
] as const satisfies readonly OAuthCode[];

/** Whether a fault's code is one that stays until a person acts. */
export function isOAuthAlert(code: string | null): code is (typeof OAUTH_ALERTS)[number] {
  return (OAUTH_ALERTS as readonly (string | null)[]).includes(code);
}

export function oauthFault(code: OAuthCode, message: string, retryAfterMs?: number): CallFault {
  return {
    kind: "outage",
    code,
    message,
    unknown: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The fault of an exchange with the token endpoint that came to no OAuth answer. */
export function toExchangeFault(result: ExchangeResult): CallFault {
  if (result.kind === "answer") {
    const { status } = result;
    const wait = retryAfter(result.headers);
    if (status === 429) return oauthFault("oauth:429", "the token endpoint has had too many requests", wait);
    if (status >= 500) return oauthFault("oauth:5xx", `the token endpoint answered ${status}`, wait);
    return status < 300
      ? oauthFault("oauth:unreadable", "the token endpoint's answer has no bearer token as RFC 6749 has it")
      : oauthFault(
          "oauth:endpoint",
          `the token endpoint answered ${status}, and no OAuth error; check crm.oauth.tokenUrl`,
        );
  }
  switch (result.reason) {
    case "connect":
      return oauthFault("oauth:connect", "the token endpoint could not be reached (DNS, TCP or TLS)");
    case "timeout":
      return result.sent
        ? oauthFault("oauth:timeout", "the token endpoint did not answer before the deadline")
        : oauthFault("oauth:deadline", "no connection was free before the deadline; nothing was sent");
    case "reset":
      return oauthFault("oauth:reset", "the connection broke before the token endpoint's answer was complete");
  }
}

/** The fault of an error that the token endpoint named (RFC 6749 5.2). Its description is not repeated: no one knows what it quotes. */
export function toErrorFault(error: string): CallFault {
  switch (error) {
    case "invalid_grant":
      return oauthFault(
        "oauth:invalid_grant",
        "the refresh token is over or revoked: authorize Inlet in the CRM again, and put the new refresh token into the secret of crm.oauth.refreshToken",
      );
    case "invalid_client":
    case "unauthorized_client":
      return oauthFault(
        "oauth:invalid_client",
        "the client is refused: check crm.oauth.clientId and crm.oauth.clientSecret, and whether the client may use this grant",
      );
    case "invalid_scope":
      return oauthFault("oauth:refused", "the scope is refused: check crm.oauth.scope");
    case "unsupported_grant_type":
      return oauthFault("oauth:refused", "the token endpoint does not know the grant: check crm.oauth.grant");
    case "temporarily_unavailable":
    case "server_error":
      return oauthFault("oauth:5xx", "the token endpoint says that it is not available");
    default:
      return oauthFault("oauth:refused", "the token endpoint refuses the request; check crm.oauth");
  }
}
