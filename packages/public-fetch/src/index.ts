export { createPublicFetch } from "./public-fetch.ts";
export type { PublicFetch, PublicFetched, PublicFetchOptions, Resolve } from "./public-fetch.ts";
export { isPublic } from "./is-public.ts";
