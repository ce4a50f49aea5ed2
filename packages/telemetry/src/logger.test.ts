import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const logger = new URL("logger.ts", import.meta.url).href;

/** What a process writes that logs and then ends as told. */
function readLines(ending: string): string[] {
  const script = `import { createLogger } from "${logger}";
const log = createLogger({ service: "s", version: "1", level: "info" });
log.info("one");
log.info("two");
${ending}`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { msg: string }).msg]));
}

it("lines are gathered, and all of them are written when the process ends, exits or fails", () => {
  expect(readLines("")).toEqual(["one", "two"]);
  expect(readLines("process.exit(3);")).toEqual(["one", "two"]);
  expect(readLines(`throw new Error("not foreseen");`)).toEqual(["one", "two"]);
});

it("a fatal line is written at once, with all before it", () => {
  expect(readLines(`log.fatal("the end"); process.kill(process.pid, "SIGKILL");`)).toEqual(["one", "two", "the end"]);
});
