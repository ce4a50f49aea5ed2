import { describe, expect, it } from "vitest";
import { createCircuit, type CircuitEvent, type CircuitStore } from "./circuit.ts";

describe("a circuit counted over instances", () => {
  it("lets calls through while closed and hands back their result, outage or not", async () => {
    const circuit = createCircuit({ name: "a", store: sharedStore() });
    expect(await circuit.call(async () => "fine", outageIfBad)).toEqual({ open: false, result: "fine" });
    expect(await circuit.call(async () => "bad", outageIfBad)).toEqual({ open: false, result: "bad" });
  });

  it("opens on two instances together at the third outage in a row, whoever saw them", async () => {
    const store = sharedStore();
    const events: CircuitEvent[] = [];
    const one = createCircuit({ name: "one", store, freshMs: 0, onEvent: (event) => events.push(event) });
    const two = createCircuit({ name: "two", store, freshMs: 0 });
    await one.call(async () => "bad", outageIfBad);
    await two.call(async () => "bad", outageIfBad);
    await one.call(async () => "bad", outageIfBad);
    let called = 0;
    const answer = await two.call(
      async () => (called += 1),
      () => null,
    );
    expect(answer).toMatchObject({ open: true });
    expect(called).toBe(0);
    expect(events).toContain("open");
  });

  it("asks the store once, however many calls come at the same time", async () => {
    const store = sharedStore();
    let reads = 0;
    const counted: CircuitStore = {
      ...store,
      read: async () => {
        reads += 1;
        return store.read();
      },
    };
    const circuit = createCircuit({ name: "a", store: counted });
    await Promise.all(Array.from({ length: 40 }, async () => circuit.call(async () => "fine", outageIfBad)));
    await circuit.state();
    expect(reads).toBe(1);
  });

  it("a success between outages starts the count again", async () => {
    const store = sharedStore();
    const circuit = createCircuit({ name: "a", store, freshMs: 0 });
    for (const result of ["bad", "bad", "fine", "bad", "bad"]) await circuit.call(async () => result, outageIfBad);
    expect((await circuit.call(async () => "fine", outageIfBad)).open).toBe(false);
  });

  it("only the probe passes an open circuit, and its success closes it", async () => {
    const store = sharedStore();
    const circuit = createCircuit({ name: "a", store, freshMs: 0 });
    for (let i = 0; i < 3; i += 1) await circuit.call(async () => "bad", outageIfBad);
    expect((await circuit.call(async () => "fine", outageIfBad)).open).toBe(true);
    expect(await circuit.call(async () => "fine", outageIfBad, { probe: true })).toEqual({
      open: false,
      result: "fine",
    });
    expect((await circuit.call(async () => "fine", outageIfBad)).open).toBe(false);
  });

  it("passes on what the call throws: that is a bug, not an outage", async () => {
    const circuit = createCircuit({ name: "a", store: sharedStore() });
    await expect(
      circuit.call(
        async () => Promise.reject(new TypeError("bug")),
        () => null,
      ),
    ).rejects.toThrow("bug");
  });
});

const outageIfBad = (result: string): string | null => (result === "bad" ? "http:503" : null);

function sharedStore(): CircuitStore {
  let failures = 0;
  return {
    recordOutage: async () => {
      failures += 1;
      return { open: failures >= 3, probeInMs: 0 };
    },
    recordSuccess: async () => {
      const wasOpen = failures >= 3;
      failures = 0;
      return wasOpen;
    },
    read: async () => ({ open: failures >= 3, failures, probeInMs: 0 }),
  };
}
