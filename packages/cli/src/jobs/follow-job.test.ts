import type { Job } from "@inlet/ledger";
import { expect, it } from "vitest";
import { followJob } from "./follow-job.ts";

const JOB = {
  id: "j1",
  service: "crm-sink",
  lane: "shared",
  state: "running",
  wanted: null,
  done: 0,
  total: 10_000,
  results: {},
  startedAt: 0,
} as unknown as Job;

async function follow(steps: readonly Partial<Job>[], isTTY: boolean, msEach = 1_000) {
  let at = 0;
  let written = "";
  const terminal = { isTTY, columns: 100, write: (text: string) => void (written += text) };
  const get = async () => ({ ...JOB, ...steps[Math.min(at++, steps.length - 1)] });
  const job = await followJob({ jobs: { get }, terminal, now: () => at * msEach, lookMs: 0 }, "j1");
  return {
    job,
    lines: written
      .split(/\r|\n/)
      .map((line) => line.replace("\u001B[K", ""))
      .filter((line) => line !== ""),
  };
}

it("a terminal has a bar that is drawn anew until the end", async () => {
  const { lines, job } = await follow(
    [
      { done: 5_000, results: { unchanged: 5_000 } },
      { done: 10_000, state: "done" },
    ],
    true,
  );
  expect(lines[0]).toMatch(/^running +\[#{12}\.{12}\] +50% +5,000 of 10,000 +unchanged 5,000 +5,000\/s$/);
  expect(lines[1]).toMatch(/^done +\[#{24}\] 100% +10,000 of 10,000/);
  expect(job.state).toBe("done");
});

it("elsewhere the end is a line, and before it one now and then", async () => {
  expect((await follow([{ done: 1 }, { done: 2 }, { done: 3, state: "done" }], false)).lines).toHaveLength(1);
  const slow = await follow([{ done: 1 }, { done: 2 }, { done: 3, state: "cancelled" }], false, 10_000);
  expect(slow.lines).toHaveLength(3);
});

it("says when no service has taken it", async () => {
  const { lines } = await follow([{ state: "waiting" }, { state: "waiting" }, { state: "done" }], false, 20_000);
  expect(lines.join("\n")).toContain("does a crm-sink run for the lane shared?");
});

it("what is being cancelled or paused says so, and a paused one is not waited for", async () => {
  const { lines, job } = await follow([{ wanted: "pause" }, { state: "paused" }], true);
  expect(lines[0]).toMatch(/^being paused/);
  expect(job.state).toBe("paused");
});
