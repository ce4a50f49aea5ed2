import { lookup, type LookupAddress } from "node:dns";
import { Agent, request } from "undici";
import { findLiteral, isPublic } from "./is-public.ts";

export interface PublicFetchOptions {
  readonly protocols: readonly ("https:" | "http:")[];
  /** Of the body, bytes. */
  readonly maxBytes: number;
  /** For everything, redirects included, ms. */
  readonly timeoutMs: number;
  /** Most redirects that are followed; with 0 a redirect is a status like others. */
  readonly redirects: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Which addresses may be connected to; by default those of the public internet. For tests. */
  readonly isAllowed?: (address: string) => boolean;
  /** All addresses of a name; by default the system's answer. For tests. */
  readonly resolve?: Resolve;
}

export type Resolve = (
  hostname: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export type PublicFetched =
  | { readonly kind: "ok"; readonly bytes: Buffer; readonly contentType: string | null }
  /** Refused by our rules: asking again does not help. */
  | { readonly kind: "refused"; readonly why: "protocol" | "not_public" | "too_large" | "too_many_redirects" }
  /** What the server answered, if not 200. */
  | { readonly kind: "status"; readonly status: number }
  /** No answer, or none in time. */
  | { readonly kind: "away"; readonly code: string };

export type PublicFetch = (url: string) => Promise<PublicFetched>;

const CONNECT_MS = 5_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

class NotPublic extends Error {}

/** Fetches what lies at an address that a stranger gave (see README). The result never throws. */
export function createPublicFetch(options: PublicFetchOptions): PublicFetch {
  const { protocols, maxBytes, timeoutMs, redirects, isAllowed = isPublic, resolve = resolveBySystem } = options;
  const agent = new Agent({
    connections: 4,
    connect: {
      timeout: CONNECT_MS,
      // What is connected to is what was looked at: a name cannot answer otherwise a second time.
      lookup: (hostname, _, callback) => {
        resolve(hostname, (error, addresses) => {
          const allowed = addresses.length > 0 && addresses.every(({ address }) => isAllowed(address));
          if (error === null && allowed) callback(null, [...addresses]);
          else callback(error ?? new NotPublic("not a public address"), []);
        });
      },
    },
  });

  function check(url: URL): PublicFetched | null {
    if (!protocols.some((protocol) => protocol === url.protocol)) return { kind: "refused", why: "protocol" };
    const literal = findLiteral(url.hostname);
    return literal !== null && !isAllowed(literal) ? { kind: "refused", why: "not_public" } : null;
  }

  async function fetchOne(url: URL, signal: AbortSignal): Promise<PublicFetched | URL> {
    const response = await request(new URL(`${url.pathname}${url.search}`, url.origin), {
      dispatcher: agent,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      headers: { "accept-encoding": "identity", ...options.headers },
    });
    const { statusCode, headers } = response;
    if (statusCode !== 200) {
      response.body.on("error", () => undefined).destroy();
      const to = [headers["location"]].flat()[0];
      const next = to !== undefined && redirects > 0 && REDIRECTS.has(statusCode) ? URL.parse(to, url.href) : null;
      return next ?? { kind: "status", status: statusCode };
    }
    const bytes = await readBody(response.body as AsyncIterable<Buffer>, maxBytes);
    if (bytes === null) return { kind: "refused", why: "too_large" };
    return { kind: "ok", bytes, contentType: [headers["content-type"]].flat()[0] ?? null };
  }

  return async (given) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      let url = URL.parse(given);
      for (let followed = 0; followed <= redirects; followed += 1) {
        const refused = url === null ? ({ kind: "refused", why: "protocol" } as const) : check(url);
        if (url === null || refused !== null) return refused ?? { kind: "refused", why: "protocol" };
        const fetched: PublicFetched | URL = await fetchOne(url, signal);
        if (!(fetched instanceof URL)) return fetched;
        url = fetched;
      }
      return { kind: "refused", why: "too_many_redirects" };
    } catch (error) {
      if (error instanceof NotPublic || (error as Error).cause instanceof NotPublic)
        return { kind: "refused", why: "not_public" };
      return { kind: "away", code: (error as { code?: string }).code ?? (error as Error).name };
    }
  };
}

const resolveBySystem: Resolve = (hostname, callback) => {
  lookup(hostname, { all: true }, (error, addresses) => callback(error, error === null ? addresses : []));
};

/** Leaving the loop closes the connection. Null: there is more. */
async function readBody(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
