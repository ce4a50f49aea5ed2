import { withTimeout } from "@inlet/resilience";
import type { SenderLimits } from "./sender-limits.ts";

/** As `dns.promises.resolve`: rejects with Node's DNS error codes. */
export type DnsLookup = (name: string, type: string) => Promise<string[] | string[][]>;

/** A lookup for one email: after its time, or its number of questions, every further question times out (`ETIMEOUT`). */
export function boundedResolver(lookup: DnsLookup, { deadlineMs, lookups }: SenderLimits): DnsLookup {
  let until: number | null = null;
  let asked = 0;
  return async (name, type) => {
    // From the first question on: what hashing a large email takes is not DNS's time.
    until ??= performance.now() + deadlineMs;
    asked += 1;
    const left = until - performance.now();
    if (left <= 0 || asked > lookups) throw timedOut();
    return withTimeout(left, lookup(name, type), () => {
      throw timedOut();
    });
  };
}

function timedOut(): Error {
  return Object.assign(new Error("no answer from DNS within the limits of one email"), { code: "ETIMEOUT" });
}
