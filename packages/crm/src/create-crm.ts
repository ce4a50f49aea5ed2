import { fixedToken, type AccessTokens } from "./access-tokens.ts";
import type { AdapterLog, CallReport } from "./call-report.ts";
import type { CallerOptions } from "./caller.ts";
import { credentials } from "./http/credentials.ts";
import { createHttpCrm } from "./http/http.ts";
import type { CrmRequests } from "./http/requests.ts";
import { createHubSpot } from "./hubspot/hubspot.ts";
import type { GrantStore } from "./oauth/grant-store.ts";
import type { OAuthSettings } from "./oauth/grant.ts";
import { createOAuthTokens } from "./oauth/oauth-tokens.ts";
import { createOdoo } from "./odoo/odoo.ts";
import type { Crm } from "./port.ts";
import type { Remaining } from "./rate-limit.ts";

/** A tenant's CRM as its file describes it (`crm:`); the config package's `CrmConfig` fits. */
export type CrmSettings =
  | (SettingsOfAnyKind & {
      readonly kind: "hubspot";
      readonly oauth: OAuthSettings | null;
      readonly apiVersion: string;
    })
  | (SettingsOfAnyKind & { readonly kind: "odoo"; readonly database: string | null })
  | (SettingsOfAnyKind & {
      readonly kind: "http";
      readonly oauth: OAuthSettings | null;
      readonly auth: string;
      readonly requests: CrmRequests;
    });

interface SettingsOfAnyKind {
  readonly baseUrl: string;
  /** The newest first; empty where there is `oauth`. */
  readonly token: { reveal(): readonly string[] };
  /** ms for one call. */
  readonly timeoutMs: number;
  readonly pipeline: string | null;
  readonly stage: string | null;
  readonly missingStage?: "first" | "wait";
}

export interface CrmContext {
  readonly tenant: string;
  readonly log: AdapterLog;
  readonly onCall?: (report: CallReport) => void;
  /** Told what answers say is left of the account's limit. */
  readonly onRemaining?: (remaining: Remaining) => void;
  /** Where the tokens of `oauth` are kept; not asked without it. */
  readonly grants: GrantStore;
  /** Overrides the adapter's own, ms; for tests against a stand-in that answers fast. */
  readonly settleMs?: number;
}

/** Kinds whose adapters have `batches`. */
export const BATCHING_KINDS: readonly string[] = ["hubspot"];

/** The adapter for a tenant's CRM. The caller closes it. */
export function createCrm(settings: CrmSettings, context: CrmContext): Crm {
  const { baseUrl, timeoutMs, pipeline, stage, missingStage = "first" } = settings;
  const everyKind = { baseUrl, timeoutMs, pipeline, stage, missingStage, ...context };
  const token = (): string => settings.token.reveal()[0] ?? "";
  const tokensOf = (kind: string, oauth: OAuthSettings | null): AccessTokens =>
    oauth === null
      ? fixedToken(token)
      : createOAuthTokens({ ...context, settings: oauth, crm: kind, timeoutMs, store: context.grants });
  switch (settings.kind) {
    case "hubspot":
      return createHubSpot({
        ...everyKind,
        tokens: tokensOf(settings.kind, settings.oauth),
        apiVersion: settings.apiVersion,
      });
    case "odoo":
      return createOdoo({ ...everyKind, apiKey: token, database: settings.database });
    case "http": {
      const { kind, oauth, auth, requests } = settings;
      // Signatures are made with every secret, the older ones too; an access token stands by itself.
      const authorization: CallerOptions["authorization"] = (current, request) =>
        credentials(auth, auth === "standard-webhooks" ? settings.token.reveal() : [current], request);
      return createHttpCrm({ ...everyKind, requests, tokens: tokensOf(kind, oauth), authorization });
    }
  }
}
