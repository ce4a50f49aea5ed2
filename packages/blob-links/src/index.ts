export { readLink, signLink } from "./link-token.ts";
export type { LinkedBlob, LinkReading } from "./link-token.ts";
export { readToken, signToken } from "./signed-token.ts";
export type { TokenReading } from "./signed-token.ts";
export { LINK_PATH, linkUrl, serveLinks } from "./serve-links.ts";
export type { LinkDeps } from "./serve-links.ts";
