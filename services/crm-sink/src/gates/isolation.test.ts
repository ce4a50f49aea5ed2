import { describe, expect, it } from "vitest";
import { createIsolation } from "./isolation.ts";

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** L16: an email that is suspected of ending the process. */
describe("isolation of a suspect", () => {
  it("waits for what is under way, and nothing begins until it ended", async () => {
    const isolation = createIsolation();
    const log: string[] = [];
    const [suspect, other] = [await isolation.begin(), await isolation.begin()];
    const isolated = suspect.isolate().then(() => log.push("alone"));
    const later = isolation.begin().then((passage) => {
      log.push("later");
      return passage;
    });
    await turn();
    expect(log).toEqual([]);
    other.end();
    await isolated;
    await turn();
    expect(log).toEqual(["alone"]);
    suspect.end();
    (await later).end();
    expect(log).toEqual(["alone", "later"]);
  });

  it("two suspects go one after the other, and do not wait for each other", async () => {
    const isolation = createIsolation();
    const [one, two] = [await isolation.begin(), await isolation.begin()];
    const log: string[] = [];
    const first = one.isolate().then(() => log.push("one"));
    const second = two.isolate().then(() => log.push("two"));
    await first;
    await turn();
    expect(log).toEqual(["one"]);
    one.end();
    await second;
    two.end();
    (await isolation.begin()).end();
    expect(log).toEqual(["one", "two"]);
  });
});
