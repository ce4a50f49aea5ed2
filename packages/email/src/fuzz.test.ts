import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeOffline } from "./offline.ts";

const root = new URL("../../../test/emails/", import.meta.url);
const seeds = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".eml"))
  .toSorted()
  .map((name) => readFileSync(new URL(name.replaceAll("\\", "/"), root)));
const MUTATIONS = 3_000;
/** Pieces that parsers stumble over. */
const BLOCKS = [
  "\r\n",
  "\n\n",
  "\r",
  "\0",
  "--",
  "=?utf-8?B?",
  "?=",
  "=",
  "boundary=",
  "<",
  ">",
  '"',
  "(",
  ";",
  ":",
  "\u001B$B",
  "@",
  "<b>",
  "Content-Type: multipart/mixed; boundary=x\r\n",
  "Content-Transfer-Encoding: base64\r\n",
  " ".repeat(300),
  ">".repeat(300),
  "On \nwrote:\n",
];

/** Deterministic (mulberry32), so that a failure can be had again by its number. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function mutate(seed: Buffer, next: () => number): Buffer {
  let bytes = Buffer.from(seed);
  for (let left = 1 + Math.floor(next() * 6); left > 0; left--) {
    const at = Math.floor(next() * (bytes.length + 1));
    const length = Math.floor(next() * 40);
    const kind = Math.floor(next() * 5);
    const tail = bytes.subarray(kind === 0 || kind === 4 ? Math.min(bytes.length, at + length) : at);
    const insert =
      kind === 1
        ? Buffer.from(BLOCKS[Math.floor(next() * BLOCKS.length)] ?? "")
        : kind === 2
          ? Buffer.from([Math.floor(next() * 256)])
          : kind === 3
            ? bytes.subarray(Math.max(0, at - length), at)
            : Buffer.alloc(kind === 4 ? length : 0, Math.floor(next() * 256));
    bytes = Buffer.concat([bytes.subarray(0, at), insert, tail]);
  }
  return bytes;
}

/** UN9: whatever arrives ends as a result. */
test("mutations of the catalog never throw, and what they give can be stored", { timeout: 120_000 }, async () => {
  let emails = 0;
  const faults = new Map<string, number>();
  for (let number = 0; number < MUTATIONS; number++) {
    const next = random(number);
    const bytes = mutate(seeds[number % seeds.length] as Buffer, next);
    const result = await describeOffline(bytes, { file: "mutation.eml", now: 1 });
    if ("error" in result) faults.set(result.error.code, (faults.get(result.error.code) ?? 0) + 1);
    else {
      emails += 1;
      const json = JSON.stringify(result);
      expect(json.includes("\\u0000"), `mutation ${number}: NUL`).toBe(false);
      expect(/\\ud[89a-f][0-9a-f]{2}/.test(json), `mutation ${number}: lone surrogate`).toBe(false);
      expect(result.emailKey, `mutation ${number}`).toMatch(/^eml_[0-9a-f]{32}$/);
    }
  }
  console.log(
    `fuzz: ${MUTATIONS} mutations of ${seeds.length} mails, ${emails} emails, faults ${JSON.stringify([...faults])}`,
  );
  expect([...faults.keys()].filter((code) => code !== "unreadable_mime" && code !== "limit_exceeded")).toEqual([]);
  expect(emails).toBeGreaterThan(MUTATIONS / 2);
});
