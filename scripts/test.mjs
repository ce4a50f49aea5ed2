/**
 * `npm test`: every check and test that CI runs. The last line, `N passed, N failed`, counts tests as vitest reports them and each
 * check (lint, format, types) as one. Runs on Node 20.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { missingPrerequisites } from "../packages/local-stack/prerequisites.mjs";
import { ensureInstalled, isWritable, node24, ROOT } from "./install.mjs";

const CHECKS = ["lint", "format:check", "types"];
const SUITES = ["unit", "integration", "e2e"];

const missing = missingPrerequisites(process.env);
if (missing.length > 0) {
  for (const line of missing) console.error(line);
  console.log("0 passed, 1 failed");
  process.exit(1);
}
ensureInstalled();
if (!isWritable(ROOT)) {
  console.error(
    `The tests write into this folder, and it cannot be written: copy it (cp -r . ~/inlet) and run them there.`,
  );
  console.log("0 passed, 1 failed");
  process.exit(1);
}

/** What the unit tests made the metrics say (test/metrics). */
const SAMPLES = path.join(ROOT, "node_modules", ".cache", "inlet-metrics");
const bin = path.join(ROOT, "node_modules", ".bin");
const env = {
  ...process.env,
  PATH: `${bin}${path.delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: "1",
  // Tests start hundreds of processes: what one compiled, the others need not.
  NODE_COMPILE_CACHE: path.join(ROOT, "node_modules", ".cache", "node"),
};
const reports = mkdtempSync(path.join(tmpdir(), "inlet-results-"));
const results = [];
try {
  for (const name of CHECKS) results.push(check(name));
  rmSync(SAMPLES, { recursive: true, force: true });
  for (const name of SUITES) {
    results.push(suite(name));
    if (name === "unit") results.push(metricsFed());
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}

const passed = sum("passed");
const failed = sum("failed");
console.log("");
for (const { name, ...result } of results) {
  console.log(
    `${result.failed === 0 ? "ok    " : "FAILED"} ${name}: ${result.passed} passed, ${result.failed} failed${result.note}`,
  );
  for (const line of result.failedTests ?? []) console.log(`       ${line}`);
  for (const line of result.skipped ?? []) console.log(`       skipped: ${line}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function sum(key) {
  return results.reduce((total, result) => total + result[key], 0);
}

function check(name) {
  heading(name);
  const { status } = run(path.join(bin, "turbo"), ["run", name, "--output-logs=new-only"]);
  return { name, passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, note: "" };
}

function suite(name) {
  heading(`${name} tests`);
  const output = path.join(reports, `${name}.json`);
  const vitest = path.join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const { status } = run(node24(), [
    vitest,
    "run",
    "--project",
    name,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${output}`,
  ]);
  try {
    const report = JSON.parse(readFileSync(output, "utf8"));
    const failedTests = report.testResults.flatMap((file) => describeFailures(file));
    const failures = failedTests.length;
    // An unhandled error, or a suite without a single test, fails the run without failing a test.
    const unexplained = failures === 0 && (status !== 0 || report.numPassedTests === 0);
    return {
      name,
      passed: report.numPassedTests,
      failed: failures + (unexplained ? 1 : 0),
      note: unexplained ? " (the run itself, see above)" : "",
      failedTests,
      skipped: [...new Set(report.testResults.flatMap(describeSkipped))],
    };
  } catch {
    return { name, passed: 0, failed: 1, note: " (vitest did not report: see above)" };
  }
}

function metricsFed() {
  heading("every metric is fed");
  const { status } = run(node24(), [path.join(ROOT, "test", "metrics", "check-samples.ts")]);
  return { name: "metrics fed", passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, note: "" };
}

/** One line for each failed test of a file; a file that fails before its first test (a broken import, a failed hook) counts as one. */
function describeFailures(file) {
  const name = path.relative(ROOT, file.name);
  const tests = file.assertionResults.filter((test) => test.status === "failed");
  if (file.status === "failed" && tests.length === 0) return [`${name}: ${firstLine(file.message)}`];
  return tests.map((test) => `${name} › ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
}

/** The names of the groups that were skipped, which say what they miss. */
function describeSkipped(file) {
  const skipped = file.assertionResults.filter(({ status }) => status === "pending" || status === "skipped");
  return skipped.map(
    (test) => `${path.relative(ROOT, file.name)} › ${test.ancestorTitles.filter(Boolean)[0] ?? test.title}`,
  );
}

function firstLine(message) {
  return String(message ?? "")
    .split("\n", 1)[0]
    .slice(0, 300);
}

function run(command, args) {
  return spawnSync(command, args, { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
}

function heading(text) {
  console.log(`\n── ${text} ${"─".repeat(Math.max(0, 100 - text.length))}`);
}
