import { LIMITS } from "@inlet/email";
import { afterEach, expect, test } from "vitest";
import type { ParseJob } from "./parse-job.ts";
import { createParsePool } from "./parse-pool.ts";
import type { ParsePool, PoolAnswer } from "./parse-pool.ts";

const BOMBS = new URL("../../testing/bomb-worker.ts", import.meta.url);
let pool: ParsePool;
afterEach(async () => pool.close());

const job = (kind: string): ParseJob => ({ kind, contentType: "", bytes: new Uint8Array() });
const GOOD = { ok: false, fault: { code: "unreadable_mime", message: "good" } };

/** Processes start slowly where many share a processor. */
const SLOW = 240_000;
/** By the clock no parse comes to its end in these tests, but those that compute nothing. */
const NEVER = SLOW;

/** UN9: a bomb ends by itself, and the emails behind it are not taken for bombs. */
test(
  "loops end by the limit of time; what waits behind them is parsed",
  async () => {
    pool = createParsePool({ workers: 2, memoryMb: 64, timeoutMs: 1_000, wallMs: NEVER }, BOMBS);
    const answers = await Promise.all(
      ["loop", "loop", "good", "good", "good"].map(async (kind) => pool.parse(job(kind))),
    );
    expect(answers.slice(0, 2)).toMatchObject([{ crash: "timeout" }, { crash: "timeout" }]);
    expect(answers.slice(2)).toEqual([GOOD, GOOD, GOOD]);
  },
  SLOW,
);

/** Out of memory in a worker thread ended the whole process, 3 of 3. */
test.each(["flood", "fast-flood", "text-flood", "buffer-flood"])(
  "a %s of memory ends its mail alone: this process lives, the mail beside it and behind it is parsed",
  async (flood) => {
    pool = createParsePool({ workers: 2, memoryMb: 48, timeoutMs: 60_000, wallMs: NEVER }, BOMBS);
    const answers = await Promise.all(["good", flood, "good", "good"].map(async (kind) => pool.parse(job(kind))));
    expect(answers).toMatchObject([GOOD, { ok: false, crash: "out_of_memory" }, GOOD, GOOD]);
  },
  SLOW,
);

test(
  "what waits for ever without computing ends too, and of what is killed from outside the cause is not taken to be the mail",
  async () => {
    pool = createParsePool({ workers: 1, memoryMb: 64, timeoutMs: 15_000, wallMs: NEVER }, BOMBS);
    const [killed, good] = await Promise.all(["killed", "good"].map(async (kind) => pool.parse(job(kind))));
    // Twice, then it ends as what it is.
    expect(killed).toMatchObject({ crash: "crashed" });
    expect(good).toEqual(GOOD);
    await pool.close();
    pool = createParsePool({ workers: 1, memoryMb: 64, timeoutMs: 15_000, wallMs: 200 }, BOMBS);
    expect(await pool.parse(job("waits for ever"))).toMatchObject({ crash: "timeout" });
  },
  SLOW,
);

test(
  "a pool that is closed, or has no worker that starts, is no fault of the mail",
  async () => {
    const away = { name: "ParserUnavailableError" };
    pool = createParsePool({ workers: 1, memoryMb: 64, timeoutMs: 15_000 }, BOMBS);
    await pool.warm();
    const underWay = pool.parse(job("waits for ever")).catch((error: unknown) => error);
    await pool.close();
    expect(await underWay).toMatchObject(away);
    await expect(pool.parse(job("good"))).rejects.toMatchObject(away);
    const missing = new URL("../not-there.ts", BOMBS);
    pool = createParsePool({ workers: 1, memoryMb: 64, timeoutMs: 15_000 }, missing);
    await expect(pool.parse(job("good"))).rejects.toMatchObject(away);
  },
  SLOW,
);

test(
  "a flood of memory and a worker that dies end alone; the event loop goes on",
  async () => {
    pool = createParsePool({ workers: 1, memoryMb: 32, timeoutMs: 15_000 }, BOMBS);
    let beats = 0;
    const heartbeat = setInterval(() => (beats += 1), 5);
    const [flood, exit, good] = await Promise.all(["flood", "exit", "good"].map(async (kind) => pool.parse(job(kind))));
    clearInterval(heartbeat);
    expect(flood).toMatchObject({ crash: "out_of_memory" });
    expect(exit).toMatchObject({ crash: "crashed" });
    expect(good).toEqual(GOOD);
    expect(beats).toBeGreaterThan(3);
  },
  SLOW,
);

/** N2: 6 of 40 healthy mails were dead-lettered where the parser had 0.08 of a processor. */
test(
  "a healthy mail is parsed however little processor time there is: a worker's start and waiting for its turn cost it nothing",
  async () => {
    pool = createParsePool({ workers: 4, memoryMb: 64, timeoutMs: 400, wallMs: NEVER }, BOMBS);
    const loops = Array.from({ length: 4 }, async () => pool.parse(job("loop")));
    const good = Array.from({ length: 20 }, async () => pool.parse(job("good")));
    expect(await Promise.all(good)).toEqual(Array.from({ length: 20 }, () => GOOD));
    expect(await Promise.all(loops)).toMatchObject(Array.from({ length: 4 }, () => ({ crash: "timeout" })));
  },
  SLOW,
);

test(
  "an attachment comes back whole, and the caller's bytes stay the caller's",
  async () => {
    pool = createParsePool({ workers: 1, memoryMb: 256, timeoutMs: 15_000 });
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
  },
  SLOW,
);

test(
  "suspects are parsed one after the other, each counted back before the next is counted",
  async () => {
    pool = createParsePool({ workers: 1, memoryMb: 256, timeoutMs: 15_000 }, BOMBS);
    const seen: string[] = [];
    const isolated = async (name: string): Promise<unknown> =>
      pool.parseIsolated(job(name), {
        begin: async () => void seen.push(`begin ${name}`),
        end: async () => void seen.push(`end ${name}`),
      });
    const answers = await Promise.all([isolated("exit"), isolated("good")]);
    expect(answers).toMatchObject([{ crash: "crashed" }, GOOD]);
    expect(seen).toEqual(["begin exit", "end exit", "begin good", "end good"]);
  },
  SLOW,
);

const HEAD = "From: a@b.example\r\nSubject: S\r\n";
const nested = (depth: number): string =>
  HEAD +
  Array.from({ length: depth }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`).join("");
const ATTACKS: readonly (readonly [keyof typeof LIMITS, () => Buffer])[] = [
  ["messageBytes", () => Buffer.alloc(LIMITS.messageBytes + 1, `${HEAD}\r\n`)],
  ["headerBytes", () => Buffer.from(`${HEAD}X-Long: ${"x".repeat(LIMITS.headerBytes)}\r\n\r\nHi`)],
  ["headerFields", () => Buffer.from(`${HEAD}${"X-A: 1\r\n".repeat(LIMITS.headerFields)}\r\nHi`)],
  [
    "parts",
    () =>
      Buffer.from(
        `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(LIMITS.parts * 10)}--b--`,
      ),
  ],
  ["depth", () => Buffer.from(`${nested(LIMITS.depth + 2)}\r\ninnermost\r\n`)],
];

/** UN9, with the memory and the time that the service gives a worker. */
test(
  "what is past a limit ends with the limit's name, the mail behind it is parsed, and a 25 MB mail lets the loop turn",
  async () => {
    pool = createParsePool({ workers: 1, memoryMb: 768, timeoutMs: 10_000 });
    const mime = async (bytes: Buffer): Promise<PoolAnswer> =>
      pool.parse({ kind: "raw-mime", contentType: "message/rfc822", bytes });
    for (const [limit, attack] of ATTACKS) {
      const [past, behind] = await Promise.all([mime(attack()), mime(Buffer.from(`${HEAD}\r\nHi`))]);
      expect(past).toMatchObject({ ok: false, fault: { code: "limit_exceeded" } });
      expect(JSON.stringify(past)).toContain(`limits.${limit} `);
      expect(behind).toMatchObject({ ok: true });
    }
    let beats = 0;
    const heartbeat = setInterval(() => (beats += 1), 5);
    const content = Buffer.alloc(18 * 1024 * 1024, "0123456789abcdef")
      .toString("base64")
      .replaceAll(/.{76}/g, "$&\r\n");
    const large = await mime(
      Buffer.from(
        `${HEAD}Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${content}\r\n`,
      ),
    );
    clearInterval(heartbeat);
    expect(large).toMatchObject({ ok: true, email: { attachments: [{ size: 18 * 1024 * 1024 }] } });
    expect(beats).toBeGreaterThan(3);
  },
  SLOW,
);
