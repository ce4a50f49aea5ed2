export { createPublicFetch } from "./public-fetch.ts";
export type { PublicFetch, PublicFetched, PublicFetchOptions } from "./public-fetch.ts";
export { isPublic } from "./is-public.ts";
