import type { CookieSerializeOptions } from "@fastify/cookie";

/** `__Host-`: the browser takes it by HTTPS (or from this machine) alone, for this host alone, and no other host can set it. */
export const SESSION_COOKIE = "__Host-inlet";

export const COOKIE_OPTIONS = {
  path: "/",
  httpOnly: true,
  secure: true,
  // A link from a chat opens the page signed in; what changes something is a POST, which no other site can send with it.
  sameSite: "lax",
} as const satisfies CookieSerializeOptions;
