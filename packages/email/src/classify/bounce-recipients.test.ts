import { expect, test } from "vitest";
import { parseMime } from "../parse-mime.ts";

/** Whom a report is about: per-recipient fields as servers write them. */
test.each([
  [
    "Original-Recipient: rfc822;paula+2Btag@gone.example\r\nFinal-Recipient: rfc822; x@x.example",
    ["paula+tag@gone.example"],
  ],
  ["Original-Recipient: rfc822;\r\nFinal-Recipient: LOCAL; paula@gone.example", ["paula@gone.example"]],
  [
    "Final-Recipient: rfc822; paula@gone.example\r\nAction: failed\r\nFinal-Recipient: rfc822; ute@gone.example",
    ["paula@gone.example", "ute@gone.example"],
  ],
  ["Final-Recipient: local; uid4711", ["jan@weg.example"]],
])("the recipients of %j", async (fields, expected) => {
  const text = `From: MAILER-DAEMON@x.example\r\nTo: sales@inlet.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt failed:\r\n\r\n<jan@weg.example>: gone\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n${fields}\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n`;
  const result = await parseMime(Buffer.from(text));
  const reasons = result.ok ? result.email.classification.reasons : [];
  expect(reasons.flatMap((reason) => /^dsn:recipient:(.*)$/.exec(reason)?.[1] ?? [])).toEqual(expected);
});
