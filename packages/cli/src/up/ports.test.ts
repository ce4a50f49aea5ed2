import { expect, test } from "vitest";
import { UP_PORTS, chosenPorts } from "./ports.ts";

test("the usual ports, one changed, or all free and different", async () => {
  expect(await chosenPorts([])).toEqual(UP_PORTS);
  expect(await chosenPorts(["gateway=9080"])).toEqual({ ...UP_PORTS, gateway: 9080 });
  const free = await chosenPorts(["free", "gateway=9080"]);
  expect(free.gateway).toBe(9080);
  expect(new Set(Object.values(free)).size).toBe(Object.keys(UP_PORTS).length);
});

test.each(["gateway", "gateway=", "gateway=70000", "gateway=x", "fax=1", "=1"])(
  "--port %s is wrong use",
  async (choice) => {
    await expect(chosenPorts([choice])).rejects.toThrow(/expected PART=NUMBER/);
  },
);
