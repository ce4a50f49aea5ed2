import type { CallOptions, CallResult } from "../port.ts";

/** Where an adapter's access token comes from. */
export interface AccessTokens {
  /** The token for a call; asked for every call. A fault says why there is none, and that nothing was sent to the CRM. */
  current(options: CallOptions): Promise<CallResult<string>>;
  /** The CRM answered 401 to `token`: another one, with which the call is worth one more try; null where there is none to be had. */
  replace(token: string, options: CallOptions): Promise<CallResult<string | null>>;
  close(): Promise<void>;
}

/** A token that is what it is until the tenant's file or secret changes. */
export function fixedToken(token: () => string): AccessTokens {
  return {
    current: async () => ({ ok: true, value: token() }),
    replace: async () => ({ ok: true, value: null }),
    close: async () => {},
  };
}
