import { describe, expect, test } from "vitest";
import { BodyPieces } from "./body-pieces.ts";

/** D1: a body costs about its bytes, in whatever pieces it comes. */
describe("a body on its way", () => {
  const text = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

  test.each([1, 7, 1000, 4096, 32_768, 65_536, 300_000])("in pieces of %i bytes is put together as it was", (size) => {
    const body = new BodyPieces();
    for (let at = 0; at < text.length; at += size) body.add(text.subarray(at, at + size));
    expect(body.join().equals(text)).toBe(true);
  });

  test("in pieces of all sizes, too", () => {
    const body = new BodyPieces();
    const [small, large] = [text.subarray(0, 3), text.subarray(3, 100_003)];
    for (let round = 0; round < 20; round += 1) for (const piece of [small, large]) body.add(piece);
    expect(body.join().equals(Buffer.concat(Array.from({ length: 20 }, () => [small, large]).flat()))).toBe(true);
  });

  test.each([
    ["a byte at a time", 1, false],
    ["a line at a time, a megabyte", 78, true],
    ["in the smallest packets of a network, 32 MiB", 536, true],
  ])("%s: whether it is read on", (_how, size, expected) => {
    const body = new BodyPieces();
    const most = size === 536 ? 32 * 1024 * 1024 : 1_000_000;
    let goesOn = true;
    for (let at = 0; at < most && goesOn; at += size) goesOn = body.add(text.subarray(0, size));
    expect(goesOn).toBe(expected);
  });

  test("that is dropped holds nothing", () => {
    const body = new BodyPieces();
    body.add(text);
    body.add(text.subarray(0, 10));
    body.clear();
    expect(body.join()).toHaveLength(0);
  });
});
