import { expect, test } from "vitest";
import { ofThisRun } from "./sample-email.ts";

test("ids of the run, every other byte as it was", () => {
  const before = Buffer.concat([
    Buffer.from("Message-ID: <1.sample@mail.example>\r\nReferences: <0.sample@mail.example>\r\n\r\n"),
    Buffer.from([0xff, 0x00, 0xe4, 0x80]),
  ]);
  const after = ofThisRun(before, "r1");
  expect(after.toString("latin1")).toBe(before.toString("latin1").replaceAll("sample@", "r1@"));
  expect(after.subarray(-4)).toEqual(Buffer.from([0xff, 0x00, 0xe4, 0x80]));
});
