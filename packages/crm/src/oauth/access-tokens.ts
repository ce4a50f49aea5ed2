import { fixedToken, type AccessTokens } from "../calls/access-tokens.ts";
import type { CrmContext } from "../kind.ts";
import type { CrmSettings } from "../settings.ts";
import type { OAuthSettings } from "./grant.ts";
import { createOAuthTokens } from "./oauth-tokens.ts";

/** The tokens of a CRM whose file has a token or an OAuth grant. */
export function createAccessTokens(
  settings: CrmSettings & { readonly oauth: OAuthSettings | null },
  context: CrmContext,
): AccessTokens {
  const { kind, oauth, timeoutMs, token } = settings;
  return oauth === null
    ? fixedToken(() => token.reveal()[0] ?? "")
    : createOAuthTokens({ ...context, settings: oauth, crm: kind, timeoutMs, store: context.grants });
}
