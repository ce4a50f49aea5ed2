import { lookup } from "node:dns";
import ipaddr from "ipaddr.js";
import { Agent, request } from "undici";

/** Largest attachment fetched by URL, bytes. */
const MAX_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

export type Fetched =
  | { readonly kind: "ok"; readonly bytes: Buffer }
  /** May work later: timeout, 5xx, 429, no connection. */
  | { readonly kind: "passing"; readonly code: string }
  /** Never: refused by our rules, 4xx, too large. */
  | { readonly kind: "gone"; readonly code: string };

export type AttachmentFetch = (url: string) => Promise<Fetched>;

class Refused extends Error {}

/**
 * Fetches an attachment that a sender gave by URL, by the rules of docs/concepts/protocol.md, section 5: https only, no redirect, the address that is connected to
 * must be public (checked on what the name resolves to at that moment, so that a second answer cannot slip by), size and time capped.
 */
export function createAttachmentFetch(): AttachmentFetch {
  const agent = new Agent({
    connections: 4,
    connect: {
      timeout: 5_000,
      lookup: (hostname, options, callback) => {
        lookup(hostname, { ...options, all: true }, (error, addresses) => {
          if (error !== null) return callback(error, []);
          const refused = addresses.find(({ address }) => !isPublic(address));
          return refused === undefined ? callback(null, addresses) : callback(new Refused("not a public address"), []);
        });
      },
    },
  });
  return async (url) => {
    if (!URL.canParse(url) || new URL(url).protocol !== "https:")
      return { kind: "gone", code: "attachment_url:not_https" };
    const { hostname } = new URL(url);
    const literal = hostname.replace(/^\[|\]$/g, "");
    if (ipaddr.isValid(literal) && !isPublic(literal)) return { kind: "gone", code: "attachment_url:not_public" };
    try {
      const response = await request(url, {
        dispatcher: agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      });
      const code = `attachment_url:${response.statusCode}`;
      if (response.statusCode === 429 || response.statusCode >= 500) {
        await response.body.dump();
        return { kind: "passing", code };
      }
      if (response.statusCode !== 200) {
        await response.body.dump();
        return { kind: "gone", code };
      }
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_BYTES) return { kind: "gone", code: "attachment_url:too_large" };
        chunks.push(chunk);
      }
      return { kind: "ok", bytes: Buffer.concat(chunks) };
    } catch (error) {
      if (error instanceof Refused || (error as Error).cause instanceof Refused)
        return { kind: "gone", code: "attachment_url:not_public" };
      return { kind: "passing", code: `attachment_url:${(error as { code?: string }).code ?? (error as Error).name}` };
    }
  };
}

/** Whether an address is one of the public internet: not private, loopback, link-local, multicast, or mapped to such. */
export function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === "unicast";
}
