import { afterEach, expect, test } from "vitest";
import { createSenderPool } from "./sender-pool.ts";
import type { SenderPool } from "./sender-pool.ts";
import { TEMPERROR } from "./verify-sender.ts";
import type { SenderJob } from "./verify-sender.ts";

const LIMITS = { deadlineMs: 5000, lookups: 50, memoryMb: 256, timeoutMs: 10_000 };
let pool: SenderPool;
afterEach(async () => pool.close());

const job = (text: string): SenderJob => ({
  bytes: Buffer.from(text),
  clientAddress: null,
  helo: null,
  from: null,
  authorDomain: null,
});

test("an email that asks nothing is checked in the worker", async () => {
  pool = createSenderPool(LIMITS);
  expect(await pool.verify(job("Subject: no author\r\n\r\nHi\r\n"))).toEqual({
    spf: null,
    dkim: "none",
    dmarc: "none",
  });
});

test("a check that never ends costs its email the result; the next is checked again", async () => {
  pool = createSenderPool({ ...LIMITS, timeoutMs: 500 }, new URL("../testing/hanging-worker.ts", import.meta.url));
  expect(await pool.verify(job("hang"))).toEqual(TEMPERROR);
  expect(await pool.verify(job("crash"))).toEqual(TEMPERROR);
  await expect
    .poll(async () => pool.verify(job("fine")), { timeout: 20_000 })
    .toEqual({
      spf: "pass",
      dkim: "pass",
      dmarc: "pass",
    });
});
