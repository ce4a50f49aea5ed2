import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const SIGNALS = new URL("./signals.ts", import.meta.url).href;

/** Works once until it may be signalled, then answers the caller. */
const PROGRAM = `
  import { untilSignalled } from ${JSON.stringify(SIGNALS)};
  process.on("message", (text) => process.send("answer to " + text, () => process.disconnect()));
  await untilSignalled({ err() {} }, async () => {});
  process.send("worked");
`;

test("a process whose work has ended still hears the caller", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const messages: unknown[] = [];
  child.on("message", (message) => {
    messages.push(message);
    // Not at once: by then a process with nothing to wait for would have ended.
    if (message === "worked") setTimeout(() => child.connected && child.send("a question"), 200);
  });
  await once(child, "exit");
  expect(messages).toEqual(["worked", "answer to a question"]);
});
