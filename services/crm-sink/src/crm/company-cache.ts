import type { CompanyMatch } from "@inlet/crm";
import type { StepResult } from "@inlet/domain";
import { LRUCache } from "lru-cache";

/** How long an answer is trusted, ms: a company that people make, merge or delete counts within it. */
const FRESH_MS = 10 * 60_000;

/** Domains of one tenant, each an answer of some 200 bytes. */
const MOST = 5_000;

/** What a CRM said of domains: most mail comes from domains that were asked for a moment ago, and HubSpot allows few searches. */
export interface CompanyCache {
  /** Undefined: no one asked lately. Null: the CRM had none. */
  get(domain: string): CompanyMatch | null | undefined;
  set(domain: string, company: CompanyMatch | null): void;
  /** Emails that ask at the same time get the answer of the first. */
  ask(domain: string, call: () => Promise<StepResult<CompanyMatch | null>>): Promise<StepResult<CompanyMatch | null>>;
  forget(domain: string): void;
}

/** `now` is a clock that never goes back, ms. */
export function createCompanyCache(now: () => number): CompanyCache {
  const known = new LRUCache<string, { readonly company: CompanyMatch | null }>({
    max: MOST,
    ttl: FRESH_MS,
    ttlResolution: 0,
    perf: { now },
  });
  const asked = new Map<string, Promise<StepResult<CompanyMatch | null>>>();
  return {
    ask: async (domain, call) => {
      const others = asked.get(domain);
      if (others !== undefined) return others;
      const answer = call().finally(() => asked.delete(domain));
      asked.set(domain, answer);
      return answer;
    },
    get: (domain) => known.get(domain)?.company,
    set: (domain, company) => void known.set(domain, { company }),
    forget: (domain) => void known.delete(domain),
  };
}
