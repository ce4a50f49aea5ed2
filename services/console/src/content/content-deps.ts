import type { ContentStore } from "./content-store.ts";
import type { ViewLimit } from "./view-limit.ts";

/** The content of emails, and who may see it how. */
export interface ContentDeps {
  readonly store: ContentStore;
  /** Whether a tenant wants a reason before its emails are shown. */
  readonly needsReason: (tenant: string) => boolean;
  readonly limit: ViewLimit;
  /** URL_SIGNING_KEYS. */
  readonly keys: readonly string[];
  /** Gets an image that lies elsewhere. */
  readonly fetchImage: (url: string) => Promise<FetchedImage>;
}

export type FetchedImage =
  | { readonly kind: "image"; readonly bytes: Buffer; readonly contentType: string }
  /** `why`: a code. */
  | { readonly kind: "refused"; readonly why: string };
