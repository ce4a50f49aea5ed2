import { describe, expect, test } from "vitest";
import { HeaderBound } from "./header-bound.ts";

/** D1: a header without an end costs no more than its bound. */
describe("the header of a message on its way, of 20 bytes at most", () => {
  test.each([
    ["that ends by an empty line", "From: a\r\n\r\nbody of any length, however long it is", true],
    ["that ends by a bare line feed", "From: a\n\nbody of any length, however long it is", true],
    ["that ends both ways", "From: a\n\r\nbody of any length, however long it is", true],
    ["that is empty", "\r\nbody of any length, however long it is", true],
    ["that ends at the bound", "Subject: abcdefg\r\n\r\nbody", true],
    ["that ends behind it", "Subject: abcdefghi\r\n\r\nbody", false],
    ["that never ends", "a: b\r\n c\r\n c\r\n c\r\n c\r\n", false],
    ["that is all of the message", "From: a\r\n", true],
  ])("%s", (_what, message, expected) => {
    for (let size = 1; size <= message.length; size += 1) {
      const header = new HeaderBound(20);
      let goesOn = true;
      for (let at = 0; at < message.length && goesOn; at += size)
        goesOn = header.add(Buffer.from(message.slice(at, at + size)));
      expect([size, goesOn]).toEqual([size, expected]);
    }
  });
});
