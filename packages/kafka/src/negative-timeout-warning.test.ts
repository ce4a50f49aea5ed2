import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { dropKafkajsNegativeTimeoutWarning } from "./negative-timeout-warning.ts";

const run = promisify(execFile);

/** Node gives this warning once a process, so each case is a process of its own. Resolves with what it wrote to stderr. */
async function readStderr(script: string): Promise<string> {
  const { stderr } = await run(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
  });
  return stderr;
}

const drop = `
  const { dropKafkajsNegativeTimeoutWarning } = await import("./negative-timeout-warning.ts");
  dropKafkajsNegativeTimeoutWarning();`;
const kafkajsQueue = `
  const { createRequire } = await import("node:module");
  const Queue = createRequire(process.cwd() + "/")("kafkajs/src/network/requestQueue");
  const queue = new Queue({ logger: { debug() {}, warn() {} }, requestTimeout: 1000 });
  queue.scheduleCheckPendingRequests();
  queue.destroy();`;

describe("dropKafkajsNegativeTimeoutWarning", () => {
  it("lets every other warning pass, and wraps only once", () => {
    const seen: unknown[][] = [];
    const target = { emitWarning: (...args: unknown[]) => void seen.push(args) };
    dropKafkajsNegativeTimeoutWarning(target);
    const { emitWarning } = target;
    dropKafkajsNegativeTimeoutWarning(target);
    expect(target.emitWarning).toBe(emitWarning);
    target.emitWarning("-1 is a negative number", "TimeoutNegativeWarning");
    target.emitWarning("old", { type: "DeprecationWarning" });
    expect(seen.map(([message]) => message)).toEqual(["-1 is a negative number", "old"]);
  });

  it("drops the one that kafkajs' request queue causes", async () => {
    expect(await readStderr(kafkajsQueue)).toContain("TimeoutNegativeWarning");
    expect(await readStderr(drop + kafkajsQueue)).toBe("");
  });

  it("keeps a negative timeout of anyone else", async () => {
    expect(await readStderr(`${drop} setTimeout(() => {}, -5);`)).toContain("TimeoutNegativeWarning");
  });
});
