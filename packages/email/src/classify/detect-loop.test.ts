import { expect, test } from "vitest";
import { parseMime } from "../parse-mime.ts";
import { gradeLoop } from "./detect-loop.ts";

const MAILBOXES = [{ name: "sales", addresses: ["sales@inlet.example", "*@catch.example"] }];
const AUTOMATIC = "Auto-Submitted: auto-replied\r\n";
const hops = (count: number): string => "Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n".repeat(count);

test.each([
  [
    "an automatic reply of our own mailbox",
    `From: Sales <sales@inlet.example>\r\n${AUTOMATIC}`,
    "loop",
    "loop:own_mailbox",
  ],
  ["a person of ours", "From: Sales <sales@inlet.example>\r\n", "human", undefined],
  [
    "an automatic reply of somebody in a domain that we only catch",
    `From: x@catch.example\r\n${AUTOMATIC}`,
    "auto_reply",
    undefined,
  ],
  ["X-Loop with our address", "From: a@example.com\r\nX-Loop: sales@inlet.example\r\n", "loop", "loop:x_loop"],
  ["X-Loop of somebody else", "From: a@example.com\r\nX-Loop: b@example.com\r\n", "human", undefined],
  ["round and round", `${hops(46)}From: a@example.com\r\n`, "loop", "loop:hops"],
  ["a long way", `${hops(45)}From: a@example.com\r\n`, "human", undefined],
])("%s", async (_what, header, kind, sign) => {
  const parsed = await parseMime(Buffer.from(`${header}Subject: x\r\n\r\nHello\r\n`));
  if (!parsed.ok) throw new Error(parsed.fault.message);
  const graded = gradeLoop(parsed.email, MAILBOXES);
  expect(graded.kind).toBe(kind);
  expect(graded.reasons.find((reason) => reason.startsWith("loop:"))).toBe(sign);
});
