import { afterEach, expect, test } from "vitest";
import { createSenderPool } from "./sender-pool.ts";
import type { SenderPool } from "./sender-pool.ts";
import { TEMPERROR } from "./verify-sender.ts";
import type { SenderJob } from "./verify-sender.ts";

const LIMITS = { deadlineMs: 5000, lookups: 50, memoryMb: 256, timeoutMs: 10_000, waitMs: 20_000 };
let pool: SenderPool;
afterEach(async () => pool.close());

let asked = 0;
const first = (tenant: string) => ({ id: `evt_${(asked += 1)}`, tenant, last: false });
const job = (text: string): SenderJob => ({
  bytes: Buffer.from(text),
  clientAddress: null,
  helo: null,
  from: null,
  authorDomain: null,
});

test("an email that asks nothing is checked in the worker", async () => {
  pool = createSenderPool(LIMITS);
  await pool.warm();
  expect(await pool.verify(job("Subject: no author\r\n\r\nHi\r\n"), first("acme"))).toEqual({
    spf: null,
    dkim: "none",
    dmarc: "none",
  });
}, 120_000);

test("a check that never ends costs its email the result; the next is checked again", async () => {
  pool = createSenderPool({ ...LIMITS, timeoutMs: 2_000 }, new URL("../../testing/hanging-worker.ts", import.meta.url));
  await pool.warm();
  expect(await pool.verify(job("hang"), first("acme"))).toEqual(TEMPERROR);
  expect(await pool.verify(job("crash"), first("acme"))).toEqual(TEMPERROR);
  await expect
    .poll(async () => pool.verify(job("fine"), first("acme")), { timeout: 100_000 })
    .toEqual({
      spf: "pass",
      dkim: "pass",
      dmarc: "pass",
    });
}, 180_000);

test("D3: a tenant whose senders' name servers do not answer takes no other tenant's turn", async () => {
  const worker = new URL("../../testing/waiting-worker.ts", import.meta.url);
  pool = createSenderPool({ ...LIMITS, timeoutMs: 60_000 }, worker);
  await pool.warm();
  expect(await pool.verify(job("fine"), first("globex"))).toMatchObject({ dmarc: "pass" });
  const slow = Array.from({ length: 300 }, async () => pool.verify(job("wait"), first("acme")));
  const others = Array.from({ length: 40 }, async () => pool.verify(job("fine"), first("globex")));
  expect(await Promise.race([Promise.all(others), Promise.race(slow)])).toHaveLength(40);
}, 180_000);
