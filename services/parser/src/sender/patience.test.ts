import { describe, expect, test } from "vitest";
import { createPatience } from "./patience.ts";
import { TEMPERROR, verifySender } from "./verify-sender.ts";
import type { Auth } from "./verify-sender.ts";

/** D3: slow name servers hold up no one's mail. Clock and resolver are the test's own. */

const PASS: Auth = { spf: "pass", dkim: "pass", dmarc: "pass" };

function start() {
  let time = 0;
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  const patience = createPatience({
    waitMs: 1000,
    now: () => time,
    sleep: async (ms) => new Promise<void>((wake) => sleepers.push({ until: time + ms, wake })),
  });
  /** Lets promises settle, then the time pass. */
  const pass = async (ms: number): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    time += ms;
    for (const { until, wake } of sleepers) if (until <= time) wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const ask = async (id: string, check: () => Promise<Auth>, tenant = "acme", last = false) =>
    patience.ask({ id, tenant, last }, check);
  return { ask, pass };
}

const never = async (): Promise<Auth> => new Promise<Auth>(() => undefined);
const atOnce = async (): Promise<Auth> => PASS;

describe("a verdict", () => {
  test("that comes in time is taken", async () => {
    const { ask } = start();
    expect(await ask("a", atOnce)).toEqual(PASS);
  });

  test("that is late is waited for a second, then the email waits by itself and gets it", async () => {
    const { ask, pass } = start();
    const answer = Promise.withResolvers<Auth>();
    let checks = 0;
    const slow = async (): Promise<Auth> => {
      checks += 1;
      return answer.promise;
    };
    const first = ask("a", slow);
    await pass(1000);
    expect(await first).toBeNull();
    answer.resolve(PASS);
    expect(await ask("a", slow, "acme", true)).toEqual(PASS);
    expect(checks).toBe(1);
  });

  test("that never comes is temperror when the email has waited", async () => {
    const { ask, pass } = start();
    const first = ask("a", never);
    await pass(1000);
    expect(await first).toBeNull();
    const last = ask("a", never, "acme", true);
    await pass(250);
    expect(await last).toEqual(TEMPERROR);
  });

  test("of a tenant with a late one is waited for 250 ms, for half a minute; of others a second", async () => {
    const { ask, pass } = start();
    const first = ask("a", never);
    await pass(1000);
    await first;
    const [second, other] = [ask("b", never), ask("c", never, "globex")];
    await pass(250);
    expect(await second).toEqual(TEMPERROR);
    await pass(700);
    expect(await Promise.race([other, Promise.resolve("waits")])).toBe("waits");
    await pass(50);
    expect(await other).toBeNull();
    await pass(30_000);
    const later = ask("d", never);
    await pass(250);
    expect(await Promise.race([later, Promise.resolve("waits")])).toBe("waits");
    await pass(750);
    expect(await later).toBeNull();
  });

  test("on 300 emails of slow senders takes no other tenant's turn, and keeps no email whose turn did not come", async () => {
    const { ask, pass } = start();
    let begun = 0;
    const slow = async (): Promise<Auth> => {
      begun += 1;
      return never();
    };
    const flood = Array.from({ length: 300 }, async (_, index) => ask(`a${index}`, slow));
    expect(await ask("b", atOnce, "globex")).toEqual(PASS);
    await pass(1000);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([null]));
    expect(begun).toBe(16);
  });

  test("of name servers that do not answer is temperror by itself", async () => {
    const job = {
      bytes: Buffer.from("From: a@x.example\r\n\r\nHi"),
      clientAddress: "192.0.2.1",
      helo: "x.example",
      from: "a@x.example",
      authorDomain: "x.example",
    };
    const auth = await verifySender(job, never as never, { deadlineMs: 5, lookups: 50 });
    expect(auth).toMatchObject({ spf: "temperror", dmarc: "temperror" });
  });
});
