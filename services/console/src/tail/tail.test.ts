import type { ListedDelivery } from "@inlet/ledger";
import { afterEach, expect, it } from "vitest";
import { createTail, type Tail } from "./tail.ts";
import type { TailWish } from "./tail-viewer.ts";

/** One reading a second for all who look on, few rows for each, and no viewer that holds up another. */

let tail: Tail | null = null;
afterEach(async () => tail?.close());

interface Shown {
  readonly rows: readonly { readonly eventId: string; readonly state: string }[];
  readonly left: number;
  readonly more: boolean;
}

function open() {
  const at = { ms: 0, reads: 0, away: false, emails: [] as ListedDelivery[] };
  let goOn = (): void => {};
  let paused = Promise.withResolvers<void>();
  const created = createTail({
    list: async ({ since = 0, limit }) => {
      at.reads++;
      if (at.away) throw new Error("away");
      const all = at.emails.filter(({ receivedAt }) => receivedAt >= since);
      return all.toSorted((a, b) => b.receivedAt - a.receivedAt || (a.eventId < b.eventId ? 1 : -1)).slice(0, limit);
    },
    now: () => 1_000_000 + at.ms,
    clock: () => at.ms,
    pause: async (ms, signal) =>
      new Promise((resolve) => {
        goOn = () => {
          at.ms += ms;
          resolve();
        };
        signal.addEventListener("abort", () => resolve());
        paused.resolve();
      }),
    onError: () => {},
  });
  tail = created;
  return {
    at,
    /** Until the reading under way is through. */
    settle: async () => paused.promise,
    /** A second later. */
    step: async (times = 1) => {
      for (let n = 0; n < times; n++) {
        await paused.promise;
        paused = Promise.withResolvers();
        goOn();
        await paused.promise;
      }
    },
    come: (eventId: string, more: Partial<ListedDelivery> = {}) => {
      at.emails = [
        ...at.emails.filter((each) => each.eventId !== eventId),
        {
          eventId,
          tenant: "acme",
          state: "accepted",
          reason: null,
          source: "web",
          senderDomain: "a.example",
          endedAt: null,
          receivedAt: 1_000_000 + at.ms,
          ...more,
        },
      ];
    },
    join: (wish: TailWish = {}, person = "ada") => {
      const sink = { text: "", full: false, end: 0, cut: 0 };
      const leave = created.join(person, wish, {
        write: (text) => void (sink.text += text),
        isFull: () => sink.full,
        end: () => void sink.end++,
        cut: () => void sink.cut++,
      });
      const shown = (): Shown[] =>
        [...sink.text.matchAll(/^event: rows\n(?:id: .*\n)?data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
      return { sink, leave, shown, ids: () => shown().flatMap(({ rows }) => rows.map(({ eventId }) => eventId)) };
    },
  };
}

it("the ledger is read once a second for all who look on, and not when no one does", async () => {
  const { at, join, settle, step, come } = open();
  expect(at.reads).toBe(0);
  const [one, two] = [join(), join({}, "bea")];
  await settle();
  expect(at.reads).toBe(1);
  come("evt_1");
  await step(3);
  expect(at.reads).toBe(4);
  expect([one.ids(), two.ids()]).toEqual([["evt_1"], ["evt_1"]]);
  one.leave?.();
  two.leave?.();
  // The pause under way ends, and with it the readings; all of it is promises, which are through before the next turn.
  void step();
  await new Promise(setImmediate);
  expect(at.reads).toBe(4);
  join();
  expect(at.reads).toBe(5);
});

it("each sees what the own filter shows, from the place on that was seen last, and what becomes of it", async () => {
  const { join, settle, step, come } = open();
  come("evt_old", { receivedAt: 999_000 });
  come("evt_seen", { receivedAt: 999_500 });
  come("evt_missed", { receivedAt: 999_900 });
  const [all, fresh, globex, written, flying] = [
    join({ after: { receivedAt: 999_500, eventId: "evt_seen" } }),
    join({}),
    join({ tenant: "globex" }, "bea"),
    join({ state: "written" }, "bea"),
    join({ state: "in_flight", domain: "b.example" }, "bea"),
  ];
  await settle();
  expect([all.ids(), fresh.ids()]).toEqual([["evt_missed"], []]);
  come("evt_g", { tenant: "globex", senderDomain: "b.example" });
  // Late, as when the gateway's clock is behind.
  come("evt_late", { receivedAt: 990_000 });
  await step();
  come("evt_g", { tenant: "globex", senderDomain: "b.example", state: "written", receivedAt: 1_000_000 });
  await step(2);
  expect(all.ids()).toEqual(["evt_missed", "evt_late", "evt_g", "evt_g"]);
  expect(globex.ids()).toEqual(["evt_g", "evt_g"]);
  expect(written.shown().map(({ rows }) => rows.map(({ state }) => state))).toEqual([["written"]]);
  expect(flying.ids()).toEqual(["evt_g"]);
  expect(all.sink.text).not.toContain("endedAt");
});

it("at most twenty rows a second, and how many more there were; where not all could be read, it says so", async () => {
  const { join, settle, step, come } = open();
  come("evt_first");
  const { shown } = join();
  await settle();
  for (let n = 0; n < 25; n++) come(`evt_n${100 + n}`);
  await step();
  expect(shown().map(({ rows, left, more }) => [rows.length, left, more])).toEqual([[20, 5, false]]);
  for (let n = 0; n < 600; n++) come(`evt_m${1000 + n}`);
  await step();
  expect(shown()[1]).toMatchObject({ left: 480, more: true });
});

it("who takes nothing for ten seconds is cut off, holds no one up, and is told what was left out if faster", async () => {
  const { join, settle, step, come } = open();
  const [slow, slower, quick] = [join({}), join({}, "bea"), join({}, "cleo")];
  await settle();
  slow.sink.full = true;
  slower.sink.full = true;
  come("evt_1");
  await step(9);
  expect([slow.sink.cut, quick.ids()]).toEqual([0, ["evt_1"]]);
  slow.sink.full = false;
  await step(2);
  expect([slow.sink.cut, slower.sink.cut, slower.ids()]).toEqual([0, 1, []]);
  expect(slow.shown()).toEqual([{ rows: [], left: 1, more: false }]);
});

it("a stream says that it lives, ends after five minutes, and goes on through an outage of the ledger", async () => {
  const { at, join, settle, step, come } = open();
  const { sink, ids } = join();
  await settle();
  await step(14);
  expect(sink.text).not.toContain(": alive");
  await step(1);
  expect(sink.text.match(/: alive\n\n/g)).toHaveLength(1);
  at.away = true;
  await step(3);
  expect(sink.text.match(/event: away/g)).toHaveLength(1);
  at.away = false;
  come("evt_1");
  await step();
  expect(ids()).toEqual(["evt_1"]);
  await step(281);
  expect(sink.end).toBe(1);
});

it("three streams a person and fifty in all; who leaves makes place", async () => {
  const { join } = open();
  const own = [join(), join(), join()];
  expect(own.every(({ leave }) => leave !== null)).toBe(true);
  expect(join().leave).toBeNull();
  own[0]?.leave?.();
  expect(join().leave).not.toBeNull();
  for (let n = 0; n < 47; n++) expect(join({}, `person ${n}`).leave).not.toBeNull();
  expect(join({}, "one more").leave).toBeNull();
});

it("closing ends every stream and the readings, and takes no more; who is slow is cut", async () => {
  const { at, join, settle } = open();
  const [one, slow] = [join(), join()];
  await settle();
  slow.sink.full = true;
  await tail?.close();
  expect([one.sink.end, slow.sink.end, slow.sink.cut, at.reads]).toEqual([1, 0, 1, 1]);
  expect(join().leave).toBeNull();
});
