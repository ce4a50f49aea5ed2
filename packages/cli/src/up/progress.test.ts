import { expect, test } from "vitest";
import { startProgress } from "./progress.ts";

test("without a terminal: plain lines with the time each part took, and what takes long", () => {
  let now = 0;
  let written = "";
  const progress = startProgress({ write: (text) => (written += text) }, () => now);
  progress.begin("kafka", "downloading");
  progress.begin("postgres");
  now = 1500;
  progress.done("postgres", "127.0.0.1:5433");
  progress.begin("kafka");
  now = 61_000;
  progress.done("kafka", "127.0.0.1:9092");
  progress.close();
  expect(written).not.toContain("\u001B");
  expect(written.split("\n").map((line) => line.trim().replaceAll(/ +/g, " "))).toEqual([
    "… kafka downloading",
    "✓ postgres 1.5 s 127.0.0.1:5433",
    "✓ kafka 61.0 s 127.0.0.1:9092",
    "",
  ]);
});

test("on a terminal: one line below, rewritten, with what is awaited, never wider than the terminal", () => {
  let written = "";
  const progress = startProgress({ isTTY: true, columns: 20, write: (text) => (written += text) }, () => 0);
  progress.begin("kafka", "a long explanation that does not fit");
  progress.done("kafka");
  progress.close();
  const frames = written.split("\r\u001B[K");
  expect(frames.some((frame) => frame.includes("kafka (a long"))).toBe(true);
  expect(frames.filter((frame) => !frame.includes("\n")).every((frame) => frame.length < 20)).toBe(true);
  expect(written).toContain("✓ kafka");
});
