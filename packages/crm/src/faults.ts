/** What a call came to. `unknown`: it may or may not have been carried out. */
export type CallFault =
  | {
      /** What could be the CRM as a whole: connect, timeout, 5xx, 429, quota, credentials. Whether it is, a ping tells. */
      readonly kind: "outage";
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs?: number;
      /** The CRM answered that this operation may not be: a scope, a plan, a firewall. It may be so for one record only, or for all. */
      readonly refused?: boolean;
      /** The CRM names the whole account, as of its quota. */
      readonly ofAccount?: boolean;
      /** True when the request may have been carried out: its first byte had left. */
      readonly unknown: boolean;
    }
  | {
      /** This record, for now: lock, conflict, lookup lag. Uses an attempt. */
      readonly kind: "record-passing";
      readonly code: string;
      readonly message: string;
      readonly unknown: boolean;
    }
  | {
      /** This record, for good: validation. */
      readonly kind: "record-permanent";
      readonly code: string;
      readonly message: string;
      readonly unknown: false;
      /** Names of the properties that the CRM does not take; never their values. */
      readonly properties?: readonly string[];
      /** Something that the call refers to is not there: deleted, or merged into another record. `whereIs` tells which, and whether at all. */
      readonly gone?: "certain" | "perhaps";
    };

/** `message` of a fault never quotes addresses or bodies; `code` is from a closed list per adapter, e.g. `hubspot:429:TEN_SECONDLY_ROLLING`. */
export type CallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: CallFault };
