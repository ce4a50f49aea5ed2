import { describe, expect, test } from "vitest";
import { isNetwork, buildNetworks } from "./networks.ts";

describe("a network", () => {
  test.each(["192.0.2.7", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "::1", "::/0"])("%s is one", (text) => {
    expect(isNetwork(text)).toBe(true);
  });

  test.each(["", "example.com", "192.0.2", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/24/8", "2001:db8::/129", "*"])(
    "%j is none",
    (text) => {
      expect(isNetwork(text)).toBe(false);
    },
  );
});

test("addresses are inside or outside, also IPv4 as a dual-stack socket shows it", () => {
  const networks = buildNetworks(["192.0.2.0/24", "2001:db8::/32", "203.0.113.9"]);
  const inside = ["192.0.2.255", "::ffff:192.0.2.1", "2001:db8:1::1", "203.0.113.9"];
  const outside = ["192.0.3.0", "::ffff:192.0.3.1", "2001:db9::1", "203.0.113.8", "", "mail.example.com"];
  expect(inside.filter((address) => !networks.has(address))).toEqual([]);
  expect(outside.filter((address) => networks.has(address))).toEqual([]);
  expect(buildNetworks([]).has("192.0.2.1")).toBe(false);
});
