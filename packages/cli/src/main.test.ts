import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { main } from "./main.ts";

const BIN = fileURLToPath(new URL("../bin/inlet.mjs", import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), "inlet-cli-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Only what is set here: the machine's own variables must not decide. */
function inlet(args: readonly string[], env: Record<string, string> = {}, input = "") {
  return spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", input, env: { TENANTS_DIR: dir, ...env } });
}

test.each([
  [["--help"], 0],
  [["send", "--help"], 0],
  [["--version"], 0],
  [["no-such-command"], 2],
  [["dlq", "list", "--reason", "typo"], 2],
  [["send"], 2],
  [["up", "--port", "gateway"], 2],
  [["up", "--port", "fax=1"], 2],
  [["send", "--as", "pigeon", "x.eml"], 2],
  [["send", "--event-id", "one", "a.eml", "b.eml"], 2],
  [["list", "--state", "sent"], 2],
  [["list", "--after", "evt_1"], 2],
])("inlet %j ends with exit code %i", async (args, code) => {
  // Within this process: each of its own takes seconds of processor time.
  const [out, err] = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
  const ended = await main(args).finally(() => [out, err].forEach((spied) => spied?.mockRestore()));
  expect(ended).toBe(code);
});

test("the program ends with the command's exit code", () => {
  expect(inlet(["list", "--state", "sent"])).toMatchObject({ status: 2, stdout: "" });
});

test.each([
  ["a wrong environment", { KAFKA_BROKERS: "nonsense", DATABASE_URL: "nonsense" }, "KAFKA_BROKERS"],
  [
    "no broker answers",
    { KAFKA_BROKERS: "127.0.0.1:1", DATABASE_URL: "postgres://127.0.0.1:1/none" },
    "could not be looked at",
  ],
])("reconcile ends with exit code 2, not 1, when it could not look: %s (N6)", (_what, env, said) => {
  const { status, stdout, stderr } = inlet(["reconcile"], env);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(said);
});

test("parse: a JSON line per file, errors among them, exit code 1", () => {
  const good = path.join(dir, "good.eml");
  writeFileSync(good, "From: Ana <ana@example.com>\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n\r\nHi\r\n");
  const missing = path.join(dir, "missing.eml");
  const { status, stdout } = inlet(["parse", good, missing]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({
    file: good,
    subject: "Hello",
    messageId: "1@example.com",
    from: { email: "ana@example.com" },
  });
  expect(lines[1]).toMatchObject({ file: missing, error: { code: "unreadable_file" } });
  expect(status).toBe(1);
});

test("parse - reads standard input", () => {
  const { status, stdout } = inlet(["parse", "-"], {}, "From: ana@example.com\r\nSubject: Piped\r\n\r\nHi\r\n");
  expect(JSON.parse(stdout)).toMatchObject({ subject: "Piped" });
  expect(status).toBe(0);
});

test("tenants check: a broken file is listed with its remedy, exit code 1; --json is JSON", () => {
  writeFileSync(path.join(dir, "acme.yaml"), "name: Acme\nsorces: {}\n");
  const { status, stdout } = inlet(["tenants", "check", "--json"]);
  const { tenants, faults } = JSON.parse(stdout) as { tenants: unknown[]; faults: { where: string; remedy: string }[] };
  expect(tenants).toEqual([]);
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.every(({ where, remedy }) => where.includes("acme.yaml") && remedy !== "")).toBe(true);
  expect(status).toBe(1);
});

test("a gateway that does not answer is said so, with what to do; nothing on standard output", () => {
  const file = path.join(dir, "one.eml");
  writeFileSync(file, "From: a@example.com\r\n\r\nHi\r\n");
  const { status, stdout, stderr } = inlet([
    "send",
    "--as",
    "raw-mime",
    "--secret",
    "s",
    "--url",
    "http://127.0.0.1:9",
    file,
  ]);
  expect(stderr).toMatch(
    /no answer from http:\/\/127\.0\.0\.1:9\/v1\/inbound\/demo\/signed-json\. Is the gateway running/,
  );
  expect(stdout).toBe("");
  expect(status).toBe(1);
});
