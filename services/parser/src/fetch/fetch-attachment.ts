import { createPublicFetch, type PublicFetched } from "@inlet/public-fetch";

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

/** Fetches an attachment that a sender gave by URL, by the rules of docs/concepts/protocol.md, section 5: https only, no redirect, public addresses alone. */
export function createAttachmentFetch(): AttachmentFetch {
  const fetchPublic = createPublicFetch({
    protocols: ["https:"],
    maxBytes: MAX_BYTES,
    timeoutMs: TIMEOUT_MS,
    redirects: 0,
  });
  return async (url) => toFetched(await fetchPublic(url));
}

function toFetched(fetched: PublicFetched): Fetched {
  switch (fetched.kind) {
    case "ok":
      return { kind: "ok", bytes: fetched.bytes };
    case "refused":
      return { kind: "gone", code: `attachment_url:${REFUSALS[fetched.why]}` };
    case "status": {
      const passes = fetched.status === 429 || fetched.status >= 500;
      return { kind: passes ? "passing" : "gone", code: `attachment_url:${fetched.status}` };
    }
    case "away":
      return { kind: "passing", code: `attachment_url:${fetched.code}` };
  }
}

const REFUSALS = {
  protocol: "not_https",
  not_public: "not_public",
  too_large: "too_large",
  too_many_redirects: "redirected",
} as const;
