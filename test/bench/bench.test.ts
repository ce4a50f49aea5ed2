import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { loadSuite, suiteNames } from "./find-suites.ts";
import { plainMail } from "./mail.ts";
import { measured, reportText } from "./print-report.ts";
import { runSuite } from "./run-suite.ts";
import { atLeast, under, type Bench, type Suite } from "./suite.ts";

const run = path.join(import.meta.dirname, "run.ts");

function bench(...args: string[]) {
  return spawnSync(process.execPath, [run, ...args], { encoding: "utf8" });
}

function suiteThat(runs: (bench: Bench) => Promise<void>): Suite {
  return {
    name: "planted",
    about: "planted",
    run: async (given) => {
      await runs(given);
      return {
        tables: [
          {
            title: "Rates",
            columns: ["what", "per s"],
            rows: [
              ["a", 1234.5],
              ["b", null],
            ],
          },
        ],
        bars: [atLeast("a / b", 0.5, 0.61), under("p99 ms", 100, 250)],
      };
    },
  };
}

test("every file in suites/ is a suite with its own name", async () => {
  expect(suiteNames().length).toBeGreaterThan(0);
  for (const name of suiteNames()) expect(await loadSuite(name)).toMatchObject({ name });
});

test("--list names every suite; a suite that is not there is wrong use", () => {
  const listed = bench("--list");
  expect(listed.status).toBe(0);
  for (const name of suiteNames()) expect(listed.stdout).toContain(`${name}\n`);

  const unknown = bench("--suite", "warp");
  expect(unknown).toMatchObject({ status: 2, stdout: "" });
  expect(unknown.stderr).toMatch(/--suite warp: no such suite; there are .*parser.*Usage: npm run bench/s);
});

test("a report says what it was measured on, and each bar met or not", async () => {
  const report = await runSuite(
    suiteThat(async () => {}),
    options(),
  );
  const result = measured("planted", 3, report);
  expect(JSON.parse(JSON.stringify(result))).toMatchObject({
    suite: "planted",
    seconds: 3,
    machine: { cpus: expect.any(Number), node: process.versions.node },
    tables: [
      {
        title: "Rates",
        columns: ["what", "per s"],
        rows: [
          ["a", 1234.5],
          ["b", null],
        ],
      },
    ],
    bars: [
      { what: "a / b", bar: "at least 0.5", measured: 0.61, met: true },
      { what: "p99 ms", bar: "under 100", measured: 250, met: false },
    ],
  });
  const text = reportText(result);
  expect(text).toMatch(/a \/ b.*at least 0\.5.*0\.610.*│ met/);
  expect(text).toMatch(/p99 ms.*under 100.*250.*NOT MET/);
  expect(text).toMatch(/b +│ +–/);
});

test("what a suite started is ended in reverse order, and its folder is gone, also when it fails", async () => {
  const ended: string[] = [];
  let dir = "";
  const failing = suiteThat(async (given) => {
    dir = given.dir;
    writeFileSync(path.join(dir, "left-behind"), "");
    given.onEnd(async () => void ended.push("first"));
    given.onEnd(() => Promise.reject(new Error("would not end")));
    given.onEnd(async () => void ended.push("last"));
    throw new Error("nothing to measure");
  });
  const notes: string[] = [];
  await expect(runSuite(failing, { ...options(), note: (line) => notes.push(line) })).rejects.toThrow(
    "nothing to measure",
  );
  expect(ended).toEqual(["last", "first"]);
  expect(notes).toEqual(["clean-up: would not end"]);
  expect(existsSync(dir)).toBe(false);
});

test("a plain mail has the size asked for", () => {
  for (const size of [1024, 10_240]) expect(plainMail("id-1", size).length).toBe(size);
});

function options() {
  return { seconds: 1, signal: new AbortController().signal, env: {}, note: () => {} };
}
