import { problems } from "./problem.ts";

export interface LimitOptions {
  /** Calls in any 10 seconds; HubSpot: 100 to 250. */
  readonly perTenSeconds: number;
  /** Calls a day (UTC). */
  readonly perDay: number;
  /** Searches a second; HubSpot: 4 to 5. */
  readonly searchPerSecond: number;
}

export interface Limits {
  /** Counts a call. Throws HubSpot's 429 when it is one too many; gives the headers of the answer. */
  charge(kind: "call" | "search", now: number): Record<string, string>;
  reset(): void;
}

/** HubSpot's limits for one app: a rolling 10 seconds, a day, and searches by the second. Counted in steps of a second. */
export function createLimits(options: LimitOptions): Limits {
  let seconds = new Map<number, number>();
  let day = { number: 0, calls: 0 };
  let searches = { second: 0, calls: 0 };

  return {
    charge(kind, now) {
      const second = Math.floor(now / 1000);
      for (const old of seconds.keys()) if (old <= second - 10) seconds.delete(old);
      const today = Math.floor(now / 86_400_000);
      if (day.number !== today) day = { number: today, calls: 0 };
      if (searches.second !== second) searches = { second, calls: 0 };

      const recent = [...seconds.values()].reduce((sum, calls) => sum + calls, 0);
      if (day.calls >= options.perDay) throw problems.rateLimit("DAILY");
      if (recent >= options.perTenSeconds) throw problems.rateLimit("TEN_SECONDLY_ROLLING");
      if (kind === "search" && searches.calls >= options.searchPerSecond) throw problems.rateLimit("SECONDLY");
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
      day.calls += 1;
      if (kind === "search") searches.calls += 1;
      // Searches have a bucket of their own and show no headers, as with HubSpot.
      if (kind === "search") return {};
      return {
        "x-hubspot-ratelimit-max": String(options.perTenSeconds),
        "x-hubspot-ratelimit-remaining": String(options.perTenSeconds - recent - 1),
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-daily": String(options.perDay),
        "x-hubspot-ratelimit-daily-remaining": String(options.perDay - day.calls),
      };
    },
    reset() {
      seconds = new Map();
      day = { number: 0, calls: 0 };
      searches = { second: 0, calls: 0 };
    },
  };
}
