import { afterEach, expect, test } from "vitest";
import type { ParseJob } from "./parse-job.ts";
import { createParsePool } from "./parse-pool.ts";
import type { ParsePool } from "./parse-pool.ts";

const BOMBS = new URL("./testing/bomb-worker.ts", import.meta.url);
let pool: ParsePool;
afterEach(async () => pool.close());

const job = (kind: string): ParseJob => ({ kind, contentType: "", bytes: new Uint8Array() });
const GOOD = { ok: false, fault: { code: "unreadable_mime", message: "good" } };

/** UN9: a bomb ends by itself, and the emails behind it are not taken for bombs. */
test("loops end by the limit of time; what waits behind them is parsed", async () => {
  pool = createParsePool({ threads: 2, memoryMb: 64, timeoutMs: 3_000 }, BOMBS);
  const answers = await Promise.all(
    ["loop", "loop", "good", "good", "good"].map(async (kind) => pool.parse(job(kind))),
  );
  expect(answers.slice(0, 2)).toMatchObject([{ crash: "timeout" }, { crash: "timeout" }]);
  expect(answers.slice(2)).toEqual([GOOD, GOOD, GOOD]);
});

test("a flood of memory and a worker that dies end alone; the event loop goes on", async () => {
  pool = createParsePool({ threads: 1, memoryMb: 32, timeoutMs: 15_000 }, BOMBS);
  let beats = 0;
  const heartbeat = setInterval(() => (beats += 1), 5);
  const [flood, exit, good] = await Promise.all(["flood", "exit", "good"].map(async (kind) => pool.parse(job(kind))));
  clearInterval(heartbeat);
  expect(flood).toMatchObject({ crash: "out_of_memory" });
  expect(exit).toMatchObject({ crash: "crashed" });
  expect(good).toEqual(GOOD);
  expect(beats).toBeGreaterThan(3);
});

test("an attachment comes back whole, and the caller's bytes stay the caller's", async () => {
  pool = createParsePool({ threads: 1, memoryMb: 256, timeoutMs: 15_000 });
  const content = Buffer.alloc(300_000, "0123456789");
  const part = (name: string, bytes: Buffer): string =>
    `--b\r\nContent-Type: application/x-a; name=${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString("base64").replace(/.{76}/g, "$&\r\n")}\r\n`;
  const mail = `From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${part("big", content)}${part("small", content.subarray(0, 7))}--b--\r\n`;
  // As Kafka gives it: a window on something larger.
  const window = Buffer.from(`xxxx${mail}yyyy`).subarray(4, -4);
  const answer = await pool.parse({ kind: "raw-mime", contentType: "message/rfc822", bytes: window });
  if (answer.ok !== true) throw new Error(JSON.stringify(answer));
  const [big, small] = answer.email.attachments.map(({ bytes }) => Buffer.from(bytes ?? []));
  expect(big?.equals(content)).toBe(true);
  expect(small?.toString()).toBe("0123456");
  expect(window.toString()).toBe(mail);
});

test("suspects are parsed one after the other, each counted back before the next is counted", async () => {
  pool = createParsePool({ threads: 1, memoryMb: 256, timeoutMs: 15_000 }, BOMBS);
  const seen: string[] = [];
  const alone = async (name: string): Promise<unknown> =>
    pool.parseAlone(job(name), {
      begin: async () => void seen.push(`begin ${name}`),
      end: async () => void seen.push(`end ${name}`),
    });
  const answers = await Promise.all([alone("exit"), alone("good")]);
  expect(answers).toMatchObject([{ crash: "crashed" }, GOOD]);
  expect(seen).toEqual(["begin exit", "end exit", "begin good", "end good"]);
});
