import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { OAuthSettings } from "@inlet/crm";

export const CLIENT = { id: "client-of-inlet", secret: "secret:of+inlet" };

export interface TokenRequest {
  readonly grant: string;
  readonly refreshToken: string | null;
  readonly scope: string | null;
  readonly clientAuth: "basic" | "post";
}

export interface TokenServer {
  readonly url: string;
  /** The refresh token that the authorization gave. */
  readonly firstRefreshToken: string;
  readonly requests: readonly TokenRequest[];
  /** How often a refresh token came that was used before: what rotation is there to notice. */
  reuses(): number;
  /** Access tokens that are good, as the sandbox takes them; the first, which no one has, keeps it from taking any. */
  readonly accepted: readonly { readonly token: string; readonly tenant: string }[];
  /** Ends all access tokens early. */
  revokeTokens(): void;
  /** Ends the refresh token. */
  revokeGrant(): void;
  /** A person authorizes again: the new grant's first refresh token. */
  authorize(): string;
  /** What the next request is answered with instead; `lost`: it is carried out, and its answer never comes. */
  answerNext(answer: { status: number; body: string; headers?: Record<string, string> } | "lost"): void;
  settings(changes?: Partial<OAuthSettings>): OAuthSettings;
  close(): Promise<void>;
}

export const secret = (value: string): { reveal(): readonly string[] } => ({ reveal: () => [value] });

/**
 * A token endpoint that rotates refresh tokens as RFC 9700 4.14.2 has it: each is good once, and one that comes again ends the whole grant.
 * `ms`: how long an answer takes. `onlyNewest`: an access token ends when the next one is issued.
 */
export async function startTokenServer({
  rotates = true,
  expiresIn = 1800,
  ms = 0,
  onlyNewest = false,
}: { rotates?: boolean; expiresIn?: number | null; ms?: number; onlyNewest?: boolean } = {}): Promise<TokenServer> {
  const firstRefreshToken = `refresh-${randomUUID()}`;
  const requests: TokenRequest[] = [];
  const accepted: { token: string; tenant: string }[] = [{ token: randomUUID(), tenant: "none" }];
  let good: string | null = firstRefreshToken;
  /** Of the present grant. */
  const used = new Set<string>();
  let reuses = 0;
  const answers: Parameters<TokenServer["answerNext"]>[0][] = [];

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await text(request));
    const shown = findClient(request.headers.authorization, form);
    const refreshToken = form.get("refresh_token");
    const grant = form.get("grant_type") ?? "";
    requests.push({ grant, refreshToken, scope: form.get("scope"), clientAuth: shown.by });
    const send = (status: number, body: string, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    };
    const next = answers.shift();
    if (next !== undefined && next !== "lost") return send(next.status, next.body, next.headers);
    if (ms > 0) await sleep(ms);
    if (shown.id !== CLIENT.id || shown.secret !== CLIENT.secret) return send(401, '{"error":"invalid_client"}');
    if (grant === "refresh_token" && (good === null || refreshToken !== good)) {
      if (used.has(refreshToken ?? "")) {
        reuses += 1;
        good = null;
      }
      return send(400, JSON.stringify({ error: "invalid_grant", error_description: `${refreshToken} is over` }));
    }
    const accessToken = `access-${randomUUID()}`;
    if (onlyNewest) accepted.splice(1);
    accepted.push({ token: accessToken, tenant: "acme" });
    if (grant === "refresh_token" && rotates) {
      used.add(refreshToken ?? "");
      good = `refresh-${randomUUID()}`;
    }
    if (next === "lost") return void request.socket.destroy();
    send(
      200,
      JSON.stringify({
        token_type: "Bearer",
        access_token: accessToken,
        ...(expiresIn === null ? {} : { expires_in: expiresIn }),
        ...(grant === "refresh_token" ? { refresh_token: good } : {}),
        // No one here can judge it.
        id_token: "not.a.token",
        scope: ["a", "list"],
      }),
    );
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth/token?v=1`;

  return {
    url,
    firstRefreshToken,
    requests,
    reuses: () => reuses,
    accepted,
    revokeTokens: () => void accepted.splice(1),
    revokeGrant: () => {
      good = null;
      used.clear();
    },
    authorize: () => (good = `refresh-${randomUUID()}`),
    answerNext: (answer) => void answers.push(answer),
    settings: (changes = {}) => ({
      tokenUrl: url,
      clientId: CLIENT.id,
      clientSecret: secret(CLIENT.secret),
      refreshToken: secret(firstRefreshToken),
      scope: null,
      clientAuth: "post",
      ...changes,
    }),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function findClient(
  header: string | undefined,
  form: URLSearchParams,
): { id: string; secret: string; by: "basic" | "post" } {
  if (header === undefined) {
    return { id: form.get("client_id") ?? "", secret: form.get("client_secret") ?? "", by: "post" };
  }
  const pair = Buffer.from(header.replace(/^Basic /, ""), "base64").toString();
  const [id = "", shown = ""] = pair.split(":").map((part) => decodeURIComponent(part.replaceAll("+", " ")));
  return { id, secret: shown, by: "basic" };
}
