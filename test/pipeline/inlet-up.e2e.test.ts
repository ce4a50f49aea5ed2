import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../../packages/cli/bin/inlet.mjs", import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), "inlet-up-"));
let running: ChildProcess | undefined;
afterEach(() => void running?.kill("SIGKILL"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Up {
  readonly exit: Promise<number | null>;
  output(): string;
  readPid(service: string): number;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the output holds the text. */
  says(text: string): Promise<void>;
}

/** `inlet up` on the Kafka, registry and Postgres of this test run, with services on free ports. */
function inletUp(data: string, ...args: string[]): Up {
  const dataDir = path.join(dir, data);
  const child = spawn(process.execPath, [BIN, "up", "--data", dataDir, "--port", "free", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = child;
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    exit,
    output: () => said,
    readPid: (service) =>
      (JSON.parse(readFileSync(path.join(dataDir, "run", `${service}.json`), "utf8")) as { pid: number }).pid,
    kill: (signal) => void child.kill(signal),
    async says(text) {
      while (!said.includes(text)) {
        if (child.exitCode !== null) throw new Error(`inlet up ended before it said "${text}":\n${said}`);
        await sleep(50);
      }
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const SERVICES = ["crm-sandbox", "ingest-gateway", "parser", "crm-sink"];

// One start for all three, since each takes half a minute; `npm start -- --once` with its exit code is what CI ends with.
test("every sample email becomes what is expected of it; a second start leaves the first as it is; Ctrl-C ends every service (OP1, OP10, N5)", async () => {
  const first = inletUp("stays");
  await first.says("rows are as expected.");
  expect(first.output()).toMatch(/All \d+ rows are as expected\./);
  expect(first.output().match(/✓$/gm)?.length).toBeGreaterThan(10);
  expect(existsSync(path.join(dir, "stays", "stack.env"))).toBe(true);
  const pids = SERVICES.map((service) => first.readPid(service));
  expect(pids.every(isAlive)).toBe(true);
  const firstProcess = running;

  // The second one once deleted the addresses of the first, so that no other command found it any more.
  const second = inletUp("stays", "--no-demo");
  expect(await second.exit).toBe(1);
  expect(second.output()).toMatch(/Inlet already runs at http:\/\/127\.0\.0\.1:\d+ \(process \d+/);
  expect(second.output()).toContain("--data DIR --port free");
  expect(existsSync(path.join(dir, "stays", "stack.env"))).toBe(true);
  expect(pids.every(isAlive)).toBe(true);

  running = firstProcess;
  first.kill("SIGINT");
  expect(await first.exit).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(path.join(dir, "stays", "stack.env"))).toBe(false);
  expect(readdirSync(path.join(dir, "stays", "run"))).toEqual([]);
});

test("a service that dies ends everything, with its name, the end of its log, and exit code 1", async () => {
  const up = inletUp("dies", "--no-demo");
  await up.says("Inlet is up");
  const pids = SERVICES.map((service) => up.readPid(service));
  process.kill(up.readPid("parser"), "SIGKILL");
  expect(await up.exit).toBe(1);
  expect(up.output()).toMatch(/parser ended by itself \(signal SIGKILL\)\. The end of its log:\n.*"service":"parser"/s);
  expect(up.output()).toContain(path.join("dies", "logs", "parser.log"));
  expect(pids.filter(isAlive)).toEqual([]);
});

test("kill -9 of inlet up leaves no service behind", async () => {
  const up = inletUp("killed", "--no-demo");
  await up.says("Inlet is up");
  const pids = SERVICES.map((service) => up.readPid(service));
  up.kill("SIGKILL");
  await up.exit;
  while (pids.some(isAlive)) await sleep(100);
});
