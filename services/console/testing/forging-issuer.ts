import { text } from "node:stream/consumers";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from "jose";

/** An issuer whose id tokens can be wrong: what a provider that is broken, or one in the middle, would answer. */
export interface ForgingIssuer {
  readonly url: string;
  /** Signs with a new key from now on, and shows only that. */
  rotate(): Promise<void>;
  /** What the next id token claims; `null` takes a claim out. `key` "unknown" signs with one that is not shown. */
  next: { claims?: Record<string, unknown>; key?: "unknown"; expiresIn?: number; issuer?: string; audience?: string };
  close(): Promise<void>;
}

export async function startForgingIssuer(clientId: string): Promise<ForgingIssuer> {
  let key = await makeKey();
  const stranger = await makeKey();
  const nonces = new Map<string, string>();
  let made = 0;
  const issuer: ForgingIssuer = {
    url: "",
    next: {},
    rotate: async () => void (key = await makeKey()),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };

  async function idToken(nonce: string | undefined): Promise<string> {
    const { claims = {}, key: which, expiresIn = 60, issuer: iss = issuer.url, audience = clientId } = issuer.next;
    const now = Math.floor(Date.now() / 1000);
    const payload: JWTPayload = {
      sub: "u-1",
      email: "ada@acme.example",
      email_verified: true,
      groups: ["ops"],
      nonce,
      ...claims,
    };
    for (const [name, value] of Object.entries(payload)) if (value === null) delete payload[name];
    const signing = which === "unknown" ? stranger : key;
    return new SignJWT(payload)
      .setProtectedHeader({ alg: "RS256", kid: key.kid })
      .setIssuer(iss)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + expiresIn)
      .sign(signing.privateKey);
  }

  const server: Server = createServer((request, response) => {
    const at = new URL(request.url ?? "/", issuer.url);
    void answer(at, request).then(
      (body) => response.setHeader("content-type", "application/json").end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    );
  });

  async function answer(at: URL, request: IncomingMessage): Promise<object> {
    switch (at.pathname) {
      case "/.well-known/openid-configuration":
        return {
          issuer: issuer.url,
          authorization_endpoint: `${issuer.url}/authorize`,
          token_endpoint: `${issuer.url}/token`,
          jwks_uri: `${issuer.url}/jwks`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
        };
      case "/jwks":
        return { keys: [{ ...(await exportJWK(key.publicKey)), kid: key.kid, alg: "RS256", use: "sig" }] };
      case "/authorize": {
        const code = `code-${(made += 1)}`;
        nonces.set(code, at.searchParams.get("nonce") ?? "");
        return { code };
      }
      default: {
        const form = new URLSearchParams(await text(request));
        return { access_token: "a", token_type: "Bearer", id_token: await idToken(nonces.get(form.get("code") ?? "")) };
      }
    }
  }

  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  return Object.assign(issuer, { url: `http://127.0.0.1:${port}` });
}

let kids = 0;
async function makeKey(): Promise<{ kid: string; publicKey: CryptoKey; privateKey: CryptoKey }> {
  return { kid: `key-${(kids += 1)}`, ...(await generateKeyPair("RS256")) };
}
