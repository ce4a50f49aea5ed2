import { sniffType } from "@inlet/email";
import { createPublicFetch, type PublicFetchOptions } from "@inlet/public-fetch";
import type { ContentDeps, FetchedImage } from "./content-deps.ts";
import { SHOWN_IMAGES } from "./frame.ts";

const OPTIONS: PublicFetchOptions = {
  protocols: ["https:", "http:"],
  maxBytes: 5 * 1024 * 1024,
  timeoutMs: 10_000,
  redirects: 3,
  // The same for everyone who looks.
  headers: { accept: "image/avif,image/webp,image/png,image/jpeg,image/gif", "user-agent": "Mozilla/5.0" },
};

/**
 * Gets a remote image of an email: from public addresses alone, so large and so long at most, and only what its bytes themselves tell to be a
 * picture that runs nothing, whatever the server calls it.
 */
export function createImageFetch(change: Partial<PublicFetchOptions> = {}): ContentDeps["fetchImage"] {
  const fetchPublic = createPublicFetch({ ...OPTIONS, ...change });
  return async (url): Promise<FetchedImage> => {
    const fetched = await fetchPublic(url);
    switch (fetched.kind) {
      case "ok": {
        const contentType = await sniffType(fetched.bytes);
        if (contentType !== null && SHOWN_IMAGES.test(contentType))
          return { kind: "image", bytes: fetched.bytes, contentType };
        return { kind: "refused", why: "not_an_image" };
      }
      case "refused":
        return { kind: "refused", why: fetched.why };
      case "status":
        return { kind: "refused", why: `status_${fetched.status}` };
      case "away":
        return { kind: "refused", why: "no_answer" };
    }
  };
}
