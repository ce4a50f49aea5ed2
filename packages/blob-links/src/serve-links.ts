import type { BlobStore } from "@inlet/blob-store";
import { create as buildDisposition } from "content-disposition";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { parse as parseRanges } from "range-parser";
import { readLink } from "./link-token.ts";
import type { LinkedBlob } from "./link-token.ts";

/** A wildcard: the router bounds the length of named parameters. */
export const LINK_PATH = "/d/*";
/** Of range-parser: well-formed, but beyond the end. */
const UNSATISFIABLE = 2;

/** The address of a link below PUBLIC_URL. */
export function linkUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/d/${token}`;
}

export interface LinkDeps {
  readonly blobs: BlobStore;
  /** URL_SIGNING_KEYS. */
  readonly keys: readonly string[];
  /** Epoch ms. */
  readonly now: () => number;
}

/** Types that no browser runs anything of; all else goes out as mere bytes. */
const SERVED_AS_IS =
  /^(?:image\/(?:png|jpeg|gif|webp|bmp|tiff|heic|avif)|application\/pdf|text\/(?:plain|csv)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/**
 * `GET` and `HEAD /d/<token>`: the blob that a signed link stands for, whole or in part (RFC 9110 ranges, one at a time). What comes from a
 * stranger's email is never shown in place: it is saved, its type is not guessed at, and were it shown it could run nothing.
 * 404 for a token that is not ours or a blob that is gone, 410 for one that expired, 503 while the store is away.
 */
export function serveLinks(app: FastifyInstance, deps: LinkDeps): void {
  app.route({
    method: ["GET", "HEAD"],
    url: LINK_PATH,
    // The token is the secret: it may be long, and it is not logged.
    logLevel: "silent",
    handler: async (request: FastifyRequest<{ Params: { "*": string } }>, reply) => {
      secure(reply);
      const read = readLink(deps.keys, request.params["*"], deps.now());
      if (read.kind === "invalid") return refuse(reply, 404, "There is nothing at this address");
      if (read.kind === "expired") return refuse(reply, 410, "This link has expired: ask for a new one");
      const secondsLeft = Math.floor((read.expiresAt - deps.now()) / 1000);
      reply.header("cache-control", `private, max-age=${secondsLeft}`);
      try {
        return await send(request, reply, deps.blobs, read.linked);
      } catch (error) {
        const { name } = error as Error;
        if (name === "BlobMissingError") return refuse(reply, 404, "This file is no longer kept");
        if (name !== "BlobStoreUnavailableError") throw error;
        return refuse(reply.header("retry-after", "10"), 503, "The file cannot be read now");
      }
    },
  });
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  blobs: BlobStore,
  { blob, filename, contentType }: LinkedBlob,
): Promise<FastifyReply> {
  const etag = `"${blob.sha256}"`;
  reply
    .header("accept-ranges", "bytes")
    .header("etag", etag)
    .header("content-disposition", buildDisposition(filename ?? "attachment", { type: "attachment" }))
    .type(SERVED_AS_IS.test(contentType) ? contentType : "application/octet-stream");
  if (isKnown(request.headers["if-none-match"], etag)) return reply.code(304).send();
  const part = parseRange(request, blob.size, etag);
  if (part === "unsatisfiable") {
    reply.header("content-range", `bytes */${blob.size}`);
    return refuse(reply, 416, "The file has no such part");
  }
  if (part === null) {
    // HEAD as well: a blob that is gone must not look as if it were there.
    return reply.header("content-length", blob.size).send(await blobs.get(blob));
  }
  const { start, end } = part;
  reply
    .code(206)
    .header("content-range", `bytes ${start}-${end}/${blob.size}`)
    .header("content-length", end - start + 1);
  return reply.send(await blobs.getRange(blob, start, end + 1));
}

function isKnown(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
}

/** The part asked for, both ends included; null for the whole: also of several ranges, which a server need not serve. */
function parseRange(
  request: FastifyRequest,
  size: number,
  etag: string,
): { start: number; end: number } | "unsatisfiable" | null {
  const { range, "if-range": ifRange } = request.headers;
  if (range === undefined || request.method !== "GET" || (ifRange !== undefined && ifRange !== etag)) return null;
  const { code, type, ranges } = parseRanges(size, range);
  if (type !== "bytes" || size === 0) return null;
  if (code === UNSATISFIABLE && ranges.length === 0) return "unsatisfiable";
  return code === 0 && ranges.length === 1 ? (ranges[0] ?? null) : null;
}

function secure(reply: FastifyReply): void {
  reply
    .header("x-content-type-options", "nosniff")
    .header("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
    .header("cross-origin-resource-policy", "same-origin")
    .header("referrer-policy", "no-referrer")
    .header("x-robots-tag", "noindex")
    .header("cache-control", "no-store");
}

function refuse(reply: FastifyReply, status: number, title: string): FastifyReply {
  return reply
    .code(status)
    .removeHeader("content-disposition")
    .removeHeader("content-length")
    .removeHeader("etag")
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .send(JSON.stringify({ type: "about:blank", title, status }));
}
