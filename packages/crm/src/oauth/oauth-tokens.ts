import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { withTimeout } from "@inlet/resilience";
import type { AccessTokens } from "../calls/access-tokens.ts";
import type { AdapterOptions } from "../adapter-options.ts";
import type { CallOptions, CallResult } from "../port.ts";
import { oauthFault } from "./faults.ts";
import { buildGrant, type OAuthSettings } from "./grant.ts";
import type { GrantKey, GrantStore } from "./grant-store.ts";
import { openTokens, sealTokens, type HeldTokens } from "./held-tokens.ts";
import { createTokenEndpoint } from "./token-endpoint.ts";

/** A token is renewed this long before it ends, or half its life before, where that is shorter. */
const MARGIN_MS = 60_000;
/** For a token that the CRM refuses so soon after it was issued the endpoint is not asked: a newer one would fare no better. */
const YOUNG_MS = 30_000;
/** While the old token is good, a failed renewal is not tried again before. */
const RETRY_MS = 5_000;
/** How long a lease outlives the call that it is for. */
const LEASE_MARGIN_MS = 5_000;
const LOOK_MS = 100;

export interface OAuthTokensOptions extends Pick<AdapterOptions, "tenant" | "timeoutMs" | "log" | "onCall"> {
  readonly settings: OAuthSettings;
  /** The CRM's kind. */
  readonly crm: string;
  readonly store: GrantStore;
  /** Tells how old a token is; for tests. */
  readonly now?: () => number;
}

/**
 * Access tokens of an OAuth grant: kept until shortly before they end, renewed by one caller of one instance at a time while the others
 * wait for what it gets. Methods throw what the store throws: then it is Inlet's own infrastructure that is away, and not the CRM.
 */
export function createOAuthTokens(options: OAuthTokensOptions): AccessTokens {
  const { settings, crm, tenant, store, timeoutMs, now = Date.now } = options;
  const grant = buildGrant(settings);
  const key: GrantKey = { tenant, crm, grant: grant.id };
  const endpoint = createTokenEndpoint(grant, options);
  const owner = randomUUID();

  let held: HeldTokens | null = null;
  /** Issued, and not yet kept: the store was away. */
  let unkept: { readonly generation: number; readonly tokens: HeldTokens } | null = null;
  let refused: string | null = null;
  let renewal: Promise<CallResult<string>> | null = null;
  let notBefore = 0;

  const isGood = ({ accessToken, endsAt }: HeldTokens): boolean =>
    accessToken !== refused && (endsAt === null || now() < endsAt);
  const isFresh = (tokens: HeldTokens): boolean => {
    const { issuedAt, endsAt } = tokens;
    return isGood(tokens) && (endsAt === null || now() < endsAt - Math.min(MARGIN_MS, (endsAt - issuedAt) / 2));
  };
  const hold = (tokens: HeldTokens): CallResult<string> => {
    held = tokens;
    return { ok: true, value: tokens.accessToken };
  };

  /** Keeps what was issued; true where it is what counts now. */
  const keep = async (issued: NonNullable<typeof unkept>): Promise<boolean> => {
    unkept = issued;
    const newest = await store.keep(key, issued.generation, sealTokens(issued.tokens, grant, key));
    unkept = null;
    return newest;
  };

  const readKept = async (): Promise<{ generation: number; tokens: HeldTokens | null }> => {
    const kept = await store.read(key);
    return { generation: kept?.generation ?? 0, tokens: kept === null ? null : openTokens(kept.sealed, grant, key) };
  };

  const renew = async (): Promise<CallResult<string>> => {
    const deadline = performance.now() + timeoutMs;
    if (unkept !== null) await keep(unkept);
    for (;;) {
      const { generation, tokens } = await readKept();
      if (tokens !== null && isFresh(tokens)) return hold(tokens);
      if (await store.lease(key, generation, owner, timeoutMs + LEASE_MARGIN_MS)) {
        const refreshToken = tokens?.refreshToken ?? grant.refreshToken;
        const issuedAt = now();
        const answer = await endpoint.ask(refreshToken, performance.now() + timeoutMs);
        if (!answer.ok) {
          await store.release(key, owner);
          // An instance whose lease was over may have been answered all the same: then it is that token which counts.
          if ((await readKept()).generation === generation) return answer;
          continue;
        }
        const { accessToken, lifeMs } = answer.value;
        const endsAt = lifeMs === null ? null : issuedAt + lifeMs;
        const issued = { accessToken, issuedAt, endsAt, refreshToken: answer.value.refreshToken ?? refreshToken };
        if (await keep({ generation, tokens: issued })) return hold(issued);
      } else if (performance.now() > deadline) {
        return {
          ok: false,
          fault: oauthFault("oauth:busy", "another instance has had no answer of the token endpoint yet"),
        };
      } else {
        await sleep(LOOK_MS);
      }
    }
  };

  const current = async ({ deadline }: CallOptions): Promise<CallResult<string>> => {
    if (held !== null && (isFresh(held) || (isGood(held) && now() < notBefore))) return hold(held);
    renewal ??= renew().finally(() => (renewal = null));
    const result = await before(deadline, renewal);
    if (result.ok || held === null || !isGood(held)) return result;
    notBefore = now() + (result.fault.kind === "outage" ? (result.fault.retryAfterMs ?? RETRY_MS) : RETRY_MS);
    return hold(held);
  };

  return {
    current,
    replace: async (token, call) => {
      if (held?.accessToken === token) {
        if (now() - held.issuedAt < YOUNG_MS) {
          // Some servers end a token as soon as another instance has got the next one.
          const { tokens } = await readKept();
          return tokens === null || tokens.accessToken === token ? { ok: true, value: null } : hold(tokens);
        }
        refused = token;
      }
      return current(call);
    },
    close: async () => {
      // A rotated refresh token that is on its way is the only one that is good.
      await renewal?.catch(() => {});
      if (unkept !== null) await keep(unkept).catch(() => {});
      await endpoint.close();
    },
  };
}

/** The renewal's result, or a fault once the caller's deadline is over; the renewal goes on for the others. */
async function before(deadline: number, renewal: Promise<CallResult<string>>): Promise<CallResult<string>> {
  return withTimeout(deadline - performance.now(), renewal, (): CallResult<string> => ({
    ok: false,
    fault: oauthFault("oauth:deadline", "there was no access token before the deadline; nothing was sent to the CRM"),
  }));
}
