import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLedger, type Ledger } from "@inlet/ledger";
import { createSharedQuota, draw, type BucketState, type Draw, type SharedQuota } from "@inlet/resilience";

/** WR10 on the real Postgres: four clients, as four sinks have them, and a clock that the test moves. */
const newTenant = (): string => `t-${randomUUID().slice(0, 12)}`;
let ledgers: Ledger[];

beforeAll(async () => {
  ledgers = [1, 2, 3, 4].map(() => openLedger({ connectionString: process.env["DATABASE_URL"] ?? "" }));
  await ledgers[0]?.migrate();
});
afterAll(async () => Promise.all(ledgers.map(async (ledger) => ledger.close())));

const START = Date.UTC(2026, 10, 24);

/** Four instances of one tenant on one bucket; `time.now` is everybody's clock. */
function instances(quota: { perSecond: number; burst: number }): { all: SharedQuota[]; time: { now: number } } {
  const tenant = newTenant();
  const time = { now: START };
  const all = ledgers.map((ledger) =>
    createSharedQuota({
      quota,
      store: {
        draw: async (of, asked) => ledger.quota.draw({ tenant, crm: "hubspot", ...of, ...asked, now: time.now }),
      },
      now: () => time.now,
      sleep: async () => {},
    }),
  );
  return { all, time };
}

describe("four instances on one quota", () => {
  it.each([
    // HubSpot Professional: 190 requests in any 10 seconds.
    { perSecond: 18, burst: 10, seconds: 12, within: { seconds: 10, calls: 190 } },
    { perSecond: 200, burst: 100, seconds: 4, within: { seconds: 1, calls: 300 + 4 * 20 } },
  ])("hold $perSecond a second with a burst of $burst, and use it", async ({ perSecond, burst, seconds, within }) => {
    const { all, time } = instances({ perSecond, burst });
    const made: number[] = [];
    for (; time.now < START + seconds * 1000; time.now += 100) {
      // Each of the four asks for more than there is, all at the same time.
      const taken = await Promise.all(
        all.flatMap((instance) =>
          Array.from({ length: Math.ceil(perSecond / 10) + 3 }, async () => instance.take(1, 0)),
        ),
      );
      for (const { ok } of taken) if (ok) made.push(time.now);
    }
    for (const from of made) {
      const inSpan = made.filter((at) => at >= from && at < from + within.seconds * 1000).length;
      expect(inSpan).toBeLessThanOrEqual(within.calls);
    }
    // Over the whole time no token is lost but what each instance holds ahead.
    const most = burst + (seconds - 0.1) * perSecond;
    expect(made.length).toBeLessThanOrEqual(most);
    expect(made.length).toBeGreaterThanOrEqual(Math.floor(most) - 4 * Math.floor(perSecond / 10) - 1);
  });

  it("take turns: what one was promised the others wait behind", async () => {
    const { all, time } = instances({ perSecond: 10, burst: 1 });
    const [first, second, third] = all as [SharedQuota, SharedQuota, SharedQuota];
    expect(await first.take(1, 500)).toEqual({ ok: true });
    expect(await second.take(3, 500)).toEqual({ ok: true });
    expect(await third.take(1, 100)).toEqual({ ok: false, retryInMs: 200 });
    time.now += 200;
    expect(await third.take(1, 0)).toEqual({ ok: true });
  });
});

it("Postgres draws as the pure function does", async () => {
  const tenant = newTenant();
  const quota = { perSecond: 7, burst: 9 };
  let state: BucketState | null = null;
  const draws: (Draw & { after: number })[] = [
    { need: 1, want: 4, maxWaitMs: 0, after: 0 },
    { need: 2, want: 20, maxWaitMs: 0, after: 10 },
    { need: 3, want: 3, maxWaitMs: 0, after: 0 },
    { need: 3, want: 8, maxWaitMs: 500, after: 0 },
    { need: 1, want: 1, maxWaitMs: 500, after: 40 },
    { need: 1, want: 1, maxWaitMs: 2_000, after: -500 },
    { need: 30, want: 30, maxWaitMs: 5_000, after: 100 },
    { need: 1, want: 50, maxWaitMs: 0, after: 60_000 },
  ];
  let now = START;
  for (const { after, ...asked } of draws) {
    now += after;
    const expected = draw(state, quota, asked, now);
    ({ state } = expected);
    const drawn = await ledgers[0]?.quota.draw({ tenant, crm: "hubspot", ...quota, ...asked, now });
    expect(drawn?.granted).toBe(expected.drawn.granted);
    expect(drawn?.waitMs).toBeCloseTo(expected.drawn.waitMs, 3);
  }
});

it("without a clock of the test's, Postgres' own counts: a bucket that no one refills gives its burst once", async () => {
  const asked = { tenant: newTenant(), crm: "hubspot", perSecond: 0.000_001, burst: 3, need: 1, want: 1, maxWaitMs: 0 };
  const granted = await Promise.all(Array.from({ length: 8 }, async (_, i) => ledgers[i % 4]?.quota.draw(asked)));
  expect(granted.filter((each) => each?.granted === 1)).toHaveLength(3);
});
