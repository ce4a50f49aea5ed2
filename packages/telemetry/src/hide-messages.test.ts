import { expect, test } from "vitest";
import { errorForLog, hideMessages } from "./error-for-log.ts";

test("what goes wrong with one email is logged without its words: type, code and stack stay, of its causes too", () => {
  const cause = Object.assign(new TypeError("zwolf-subject"), { code: "ERR_X" });
  const logged = hideMessages(errorForLog(new AggregateError([new Error("zwolf-name")], "zwolf-body", { cause })));
  expect(JSON.stringify(logged)).not.toContain("zwolf");
  expect(logged).toMatchObject({
    type: "AggregateError",
    cause: { type: "TypeError", code: "ERR_X" },
    errors: [{ type: "Error" }],
  });
  expect(logged.stack).toContain("hide-messages.test.ts");
});
