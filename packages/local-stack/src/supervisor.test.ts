import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readStartMark } from "./process-identity.ts";
import { type ChildSpec, Supervisor } from "./supervisor.ts";

let dir = "";
beforeEach(async () => void (dir = await mkdtemp(path.join(tmpdir(), "inlet-supervisor-"))));
afterEach(async () => rm(dir, { recursive: true, force: true }));

const shell = (name: string, script: string, more: Partial<ChildSpec> = {}): ChildSpec => ({
  name,
  command: "/bin/sh",
  args: ["-c", script],
  env: { PATH: "/usr/bin:/bin" },
  isReady: async () => (await readFile(path.join(dir, "logs", `${name}.log`), "utf8")).includes("ready"),
  ...more,
});

const gone = async (pid: number): Promise<void> => {
  while ((await readStartMark(pid)) !== null) await sleep(20);
};

test("stopAll ends every child with its grandchildren and leaves no record", async () => {
  const supervisor = await Supervisor.open(dir, () => {});
  const child = await supervisor.start(shell("parent", "sleep 100 & echo $! ready; wait"));
  const grandchild = Number.parseInt(await readFile(child.logFile, "utf8"), 10);
  expect(await readStartMark(grandchild)).not.toBeNull();
  await supervisor.stopAll();
  await gone(child.pid);
  await gone(grandchild);
  expect(await readdir(path.join(dir, "run"))).toEqual([]);
});

test("a child that ignores its stop signal is killed after its grace", async () => {
  const supervisor = await Supervisor.open(dir, () => {});
  const child = await supervisor.start(
    shell("deaf", "trap '' TERM; echo ready; while :; do sleep 0.1; done", { stopGraceMs: 100 }),
  );
  await supervisor.stopAll();
  await gone(child.pid);
});

test("a child that dies while it starts: the error holds the end of its log, without Java's stack frames", async () => {
  const supervisor = await Supervisor.open(dir, () => {});
  const script = `echo starting; echo "Caused by: no luck"; echo "	at a.b.C(D.java:1)"; exit 3`;
  const started = supervisor.start(shell("short", script, { remedy: "To begin anew, delete it." }));
  await expect(started).rejects.toThrow(
    /short ended while starting \(exit code 3\).*Caused by: no luck\n {2}The whole log: .*short\.log\n {2}To begin anew, delete it\./s,
  );
  await expect(started).rejects.not.toThrow(/a\.b\.C/);
  await supervisor.stopAll();
});

test("a command that does not exist is said so", async () => {
  const supervisor = await Supervisor.open(dir, () => {});
  await expect(supervisor.start(shell("none", "", { command: path.join(dir, "none") }))).rejects.toThrow(
    /none could not be started: .*ENOENT/,
  );
  await supervisor.stopAll();
});

test("kill -9 of the owner: its watchdog ends the children", async () => {
  const owner = await ownerProcess(
    `supervisor.start({ name: "orphan", command: "/bin/sleep", args: ["100"], env: {}, isReady: async () => true })`,
  );
  const orphan = await owner.pidOfChild;
  owner.kill();
  await gone(orphan);
});

test("what a killed owner left is ended by the next one; a process that only has the same id is not", async () => {
  const orphan = spawn("/bin/sleep", ["100"], { detached: true, stdio: "ignore" });
  const bystander = spawn("/bin/sleep", ["100"], { detached: true, stdio: "ignore" });
  const record = async (name: string, pid: number, startMark: string | null) =>
    writeFile(path.join(dir, "run", `${name}.json`), JSON.stringify({ name, pid, startMark, stopSignal: "SIGTERM" }));
  await (await Supervisor.open(dir, () => {})).stopAll();
  await record("owner", 999_999_999, "0");
  await record("orphan", orphan.pid ?? 0, await readStartMark(orphan.pid ?? 0));
  await record("bystander", bystander.pid ?? 0, "1");

  const supervisor = await Supervisor.open(dir, () => {});
  expect(await readStartMark(orphan.pid ?? 0)).toBeNull();
  expect(await readStartMark(bystander.pid ?? 0)).not.toBeNull();
  expect(await readdir(path.join(dir, "run"))).toEqual(["owner.json"]);
  bystander.kill("SIGKILL");
  await supervisor.stopAll();
});

test("a folder whose owner lives is refused, by process id", async () => {
  const owner = await ownerProcess(
    `supervisor.start({ name: "x", command: "/bin/sleep", args: ["100"], env: {}, isReady: async () => true })`,
  );
  await owner.pidOfChild;
  await expect(Supervisor.open(dir, () => {})).rejects.toThrow(
    new RegExp(`in use by another Inlet \\(process ${owner.pid}\\)`),
  );
  owner.kill();
});

/** Another Node process that owns `dir` and starts a child. */
async function ownerProcess(startChild: string): Promise<{ pid: number; pidOfChild: Promise<number>; kill(): void }> {
  const module = new URL("supervisor.ts", import.meta.url).href;
  const script = `
    const { Supervisor } = await import(${JSON.stringify(module)});
    const supervisor = await Supervisor.open(${JSON.stringify(dir)}, () => {});
    console.log((await ${startChild}).pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pidOfChild = new Promise<number>((resolve, reject) => {
    child.stdout.once("data", (data: Buffer) => resolve(Number(data.toString())));
    child.once("exit", () => reject(new Error("the owner ended")));
  });
  return { pid: child.pid ?? 0, pidOfChild, kill: () => void child.kill("SIGKILL") };
}
