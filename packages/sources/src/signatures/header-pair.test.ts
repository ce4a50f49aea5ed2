import { describe, expect, test } from "vitest";
import { readHeaderPair } from "./header-pair.ts";

const secret = "inlet-test-secret";
const body = Buffer.from('{"eventId":"evt-1","subject":"Hi"}');
const sentAt = 1_767_225_600_000;
const hex = "c90eca8e536098a8345853c311f3cc3b558fce01fb377fced47d7cc13a25aec3";
const base64 = "yQ7KjlNgmKg0WFPDEfPMO1WPzgH7N3/O1H18wTolrsM=";

function headers(signature: string, timestamp = "1767225600") {
  return { "x-webhook-timestamp": timestamp, "x-webhook-signature": signature };
}

function verdict(signature: string, { secrets = [secret], bytes = body, now = sentAt } = {}): string {
  const read = readHeaderPair(headers(signature), now);
  if (!read.ok) return read.fault;
  return read.verify(bytes, secrets) === true ? "valid" : "mismatch";
}

describe("the header pair", () => {
  test.each([
    ["hex", hex],
    ["hex in capitals", hex.toUpperCase()],
    ["base64", base64],
    ["hex after sha256=", `sha256=${hex}`],
    ["base64 after v1=", `v1=${base64}`],
  ])("takes our vector as %s", (_encoding, signature) => {
    expect(verdict(signature)).toBe("valid");
  });

  test.each([
    ["an altered body", { bytes: Buffer.from(body.toString().replace("Hi", "Ho")) }],
    ["a longer body", { bytes: Buffer.concat([body, Buffer.from(" ")]) }],
    ["another secret", { secrets: ["inlet-test-secret-2"] }],
    ["no secret at all", { secrets: [] }],
  ])("refuses %s", (_what, change) => {
    expect(verdict(hex, change)).toBe("mismatch");
  });

  test("the timestamp is signed", () => {
    const read = readHeaderPair(headers(hex, "1767225601"), sentAt);
    expect(read.ok && read.verify(body, [secret])).toBe(false);
  });

  test("the old secret counts beside the new one while both are listed", () => {
    expect(verdict(hex, { secrets: ["inlet-new-secret", secret] })).toBe("valid");
  });

  test.each([
    [0, "valid"],
    [300_000, "valid"],
    [300_001, "stale"],
    [-300_000, "valid"],
    [-300_001, "future"],
    [365 * 86_400_000, "stale"],
  ])("%i ms after the timestamp it is %s", (age, expected) => {
    expect(verdict(hex, { now: sentAt + age })).toBe(expected);
  });

  test.each([
    ["too short", hex.slice(2)],
    ["too long", `${hex}00`],
    ["not hex", `${hex.slice(0, 63)}g`],
    ["a list", `${hex}, ${hex}`],
    ["another scheme", `sha1=${hex}`],
  ])("a signature that is %s is malformed", (_what, signature) => {
    expect(verdict(signature)).toBe("malformed");
  });

  test.each(["", "abc", "1767225600.5", "-1767225600", "1767225600000000", "0x6955b900", " 1767225600"])(
    "timestamp %j is refused",
    (timestamp) => {
      expect(readHeaderPair(headers(hex, timestamp), sentAt).ok).toBe(false);
    },
  );

  test("milliseconds for seconds lie in the future", () => {
    expect(readHeaderPair(headers(hex, "176722560000"), sentAt)).toEqual({ ok: false, fault: "future" });
  });

  test("either header alone is missing", () => {
    expect(readHeaderPair({ "x-webhook-signature": hex }, sentAt)).toEqual({ ok: false, fault: "missing" });
    expect(readHeaderPair({ "x-webhook-timestamp": "1767225600" }, sentAt)).toEqual({ ok: false, fault: "missing" });
  });
});
