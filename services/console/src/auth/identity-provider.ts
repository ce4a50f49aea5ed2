import type { Grant } from "@inlet/ledger";
import * as openid from "openid-client";
import { Problem } from "../problem.ts";

export interface IdentityProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The claim that lists a person's groups. */
  readonly groupsClaim: string;
  /** What each group may do; a person of no group may do nothing. */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
  /** Scheme, host and port of the console. */
  readonly origin: string;
}

/** What the browser keeps between leaving for the provider and coming back. */
export interface SignInFlow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface SignedInPerson {
  readonly actor: string;
  readonly grants: readonly Grant[];
}

/** What the provider said cannot be relied on. The message is for the log, and names no person. */
export class IdentityRefusedError extends Error {
  override readonly name = "IdentityRefusedError";
}

export interface IdentityProvider {
  /** Where to send a browser. */
  begin(): Promise<{ readonly url: string; readonly flow: SignInFlow }>;
  /** Who came back. Throws {@link IdentityRefusedError}. */
  finish(callback: URL, flow: SignInFlow): Promise<SignedInPerson>;
  /** Where to send a browser that has signed out; null where the provider has no such page. */
  signOutUrl(): Promise<string | null>;
}

const CLOCK_TOLERANCE_S = 30;
const PATIENCE_S = 10;

/**
 * Signing in by OpenID Connect: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636). The provider describes
 * itself (discovery) anew for each sign-in, of which there are few: a console starts while it is away, and its keys are those of the moment.
 * The id token's signature is verified although it comes straight from the provider.
 */
export function createIdentityProvider(options: IdentityProviderOptions): IdentityProvider {
  const { issuer, clientId, clientSecret, origin } = options;
  async function discover(): Promise<openid.Configuration> {
    const server = new URL(issuer);
    // Deprecated to stand out: http is taken for a provider on this machine alone (CONSOLE_URL's rule, environment-variables.ts).
    // oxlint-disable-next-line typescript/no-deprecated
    const execute = server.protocol === "http:" ? [openid.allowInsecureRequests] : [];
    const config = await openid
      .discovery(
        server,
        clientId,
        { [openid.clockTolerance]: CLOCK_TOLERANCE_S },
        openid.ClientSecretBasic(clientSecret),
        {
          execute: [...execute, openid.enableNonRepudiationChecks],
          timeout: PATIENCE_S,
        },
      )
      .catch((error: unknown) => {
        throw new Problem(
          503,
          "provider-away",
          `The identity provider does not answer (${describe(error)}). Try again, or sign in by a link: npx inlet console link`,
        );
      });
    config.timeout = PATIENCE_S;
    return config;
  }

  return {
    begin: async () => {
      const config = await discover();
      const flow = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
      };
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: `${origin}/sign-in/callback`,
        scope: "openid profile email",
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, flow };
    },
    finish: async (callback, { state, nonce, verifier }) => {
      const config = await discover();
      const tokens = await openid
        .authorizationCodeGrant(config, callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw new IdentityRefusedError(describe(error), { cause: error });
        });
      return toPerson(tokens.claims() ?? {}, options);
    },
    signOutUrl: async () => {
      const config = await discover();
      if (config.serverMetadata().end_session_endpoint === undefined) return null;
      return openid.buildEndSessionUrl(config, { post_logout_redirect_uri: `${origin}/sign-in` }).href;
    },
  };
}

/** Who claims speak of: by a verified address where there is one, else by the provider's own id. */
export function toPerson(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim, grants }: Pick<IdentityProviderOptions, "groupsClaim" | "grants">,
): SignedInPerson {
  const { sub, email, email_verified: verified } = claims;
  if (typeof sub !== "string" || sub === "") throw new IdentityRefusedError("the id token has no subject");
  const groups = claims[groupsClaim];
  const names = Array.isArray(groups) ? groups.filter((each) => typeof each === "string") : [];
  const granted = [...new Set(names)].flatMap((name) => grants.get(name) ?? []);
  return { actor: typeof email === "string" && verified === true ? email : `oidc:${sub}`, grants: granted };
}

/** Codes and names alone: descriptions may quote what a person typed. */
function describe(error: unknown): string {
  const { code, error: oauth, cause } = error as { code?: unknown; error?: unknown; cause?: { code?: unknown } };
  const known = [code, oauth, cause?.code].filter((each) => typeof each === "string");
  return known.length > 0 ? known.join(", ") : (error as Error).name;
}
