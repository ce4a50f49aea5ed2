import type { Database } from "../database.ts";
import type { Identity } from "./credentials.ts";
import { createSession, findSessionIdentity, revokeSession, type SessionRequest } from "./sessions.ts";
import { createSignInLink, takeSignInLink, type SignInLinkRequest } from "./sign-in-links.ts";
import {
  createToken,
  findTokenIdentity,
  listTokens,
  revokeToken,
  type AccessToken,
  type TokenRequest,
} from "./tokens.ts";

/** Who may ask the console and its API. */
export type Access = ReturnType<typeof accessOn>;

export function accessOn(database: Database) {
  return {
    createToken: async (request: TokenRequest): Promise<{ id: string; secret: string }> =>
      createToken(database, request),
    tokenIdentity: async (secret: string): Promise<Identity | null> => findTokenIdentity(database, secret),
    tokens: async (): Promise<AccessToken[]> => listTokens(database),
    revokeToken: async (id: string, actor: string): Promise<boolean> => revokeToken(database, id, actor),
    createSession: async (request: SessionRequest): Promise<{ id: string; secret: string }> =>
      createSession(database, request),
    sessionIdentity: async (secret: string, idleMs: number): Promise<Identity | null> =>
      findSessionIdentity(database, secret, idleMs),
    revokeSession: async (id: string, actor: string): Promise<boolean> => revokeSession(database, id, actor),
    createSignInLink: async (request: SignInLinkRequest): Promise<string> => createSignInLink(database, request),
    takeSignInLink: async (secret: string): ReturnType<typeof takeSignInLink> => takeSignInLink(database, secret),
  };
}
