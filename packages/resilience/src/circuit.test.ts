import { describe, expect, it } from "vitest";
import { createCircuit, type CallOutcome, type CircuitEvent, type CircuitStore, type FoundOutage } from "./circuit.ts";

describe("a circuit counted over instances", () => {
  it("lets calls through while closed and hands back their result, outage or not", async () => {
    const circuit = createCircuit({ name: "a", store: sharedStore() });
    expect(await circuit.call("contact", async () => "fine", toOutcome)).toEqual({ open: false, result: "fine" });
    expect(await circuit.call("contact", async () => "bad", toOutcome)).toEqual({ open: false, result: "bad" });
  });

  it("opens on two instances together at the third outage in a row, no matter who saw them", async () => {
    const store = sharedStore();
    const events: CircuitEvent[] = [];
    const one = createCircuit({ name: "one", store, freshMs: 0, onEvent: (event) => events.push(event) });
    const two = createCircuit({ name: "two", store, freshMs: 0 });
    await one.recordOutage(buildOutage("evt_1"));
    await two.recordOutage(buildOutage("evt_2"));
    await one.recordOutage(buildOutage("evt_3"));
    let called = 0;
    const answer = await two.call(
      "contact",
      async () => (called += 1),
      () => "through",
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
    await Promise.all(Array.from({ length: 40 }, async () => circuit.call("contact", async () => "fine", toOutcome)));
    await circuit.state();
    expect(reads).toBe(1);
  });

  it("a success between outages starts the count again, and so does a record that the CRM refuses: it answered", async () => {
    for (const answer of ["fine", "refused"]) {
      const store = sharedStore();
      const circuit = createCircuit({ name: "a", store, freshMs: 0 });
      for (const event of ["evt_1", "evt_2", null, "evt_3", "evt_4"]) {
        if (event === null) await circuit.call("contact", async () => answer, toOutcome);
        else await circuit.recordOutage(buildOutage(event));
      }
      expect((await circuit.call("contact", async () => "fine", toOutcome)).open).toBe(false);
    }
  });

  it("L8: a ping that is answered closes it, and no call that was under way does", async () => {
    const store = sharedStore();
    const circuit = createCircuit({ name: "a", store, freshMs: 0 });
    const { promise, resolve } = Promise.withResolvers<string>();
    const under = circuit.call("contact", async () => promise, toOutcome);
    await new Promise((done) => setImmediate(done));
    for (const event of ["evt_1", "evt_2", "evt_3"]) await circuit.recordOutage(buildOutage(event));
    resolve("fine");
    await under;
    expect((await circuit.call("contact", async () => "fine", toOutcome)).open).toBe(true);
    await circuit.recordPing();
    expect((await circuit.call("contact", async () => "fine", toOutcome)).open).toBe(false);
  });

  it("L7: who gets through an operation that had failed for others is told to the store once, anyone who is refused is not", async () => {
    const store = sharedStore();
    const circuit = createCircuit({ name: "a", store });
    await circuit.state();
    circuit.watch("deal");
    for (const [operation, answer] of [
      ["contact", "fine"],
      ["deal", "refused"],
      ["deal", "bad"],
      ["deal", "fine"],
      ["deal", "fine"],
    ] as const)
      await circuit.call(operation, async () => answer, toOutcome);
    expect(store.through).toEqual(["deal"]);
  });

  it("passes on what the call throws: that is a bug, not an outage", async () => {
    const circuit = createCircuit({ name: "a", store: sharedStore() });
    await expect(
      circuit.call(
        "contact",
        async () => Promise.reject(new TypeError("bug")),
        () => "through",
      ),
    ).rejects.toThrow("bug");
  });
});

const toOutcome = (result: string): CallOutcome =>
  result === "bad" ? "outage" : result === "refused" ? "refused" : "through";
const buildOutage = (eventId: string): FoundOutage => ({ eventId, probe: false, code: "http:503", retryAfterMs: 0 });

function sharedStore(): CircuitStore & { readonly through: string[] } {
  let failures = 0;
  const through: string[] = [];
  return {
    through,
    recordOutage: async () => {
      failures += 1;
      return { open: failures >= 3, probeInMs: 0 };
    },
    recordSuccess: async (probe) => {
      const wasOpen = failures >= 3;
      if (!wasOpen || probe) failures = 0;
      return wasOpen && probe;
    },
    recordGotThrough: async (operation) => {
      through.push(operation);
    },
    read: async () => ({ open: failures >= 3, failures, probeInMs: 0, failing: [] }),
  };
}
