import { expect, test } from "vitest";
import { poolSize } from "./pool-size.ts";

const GIB = 1024 ** 3;

test.each([
  ["a machine without a limit", 16, 0, { workers: 16, memoryMb: 768 }],
  ["a limit beyond all numbers, as cgroups say for none", 2, 2 ** 64, { workers: 2, memoryMb: 768 }],
  ["two processors and 1 GiB, as in docker-compose.yml", 2, GIB, { workers: 2, memoryMb: 512 }],
  ["many processors and 1 GiB", 32, GIB, { workers: 5, memoryMb: 512 }],
  ["next to nothing", 8, GIB / 8, { workers: 1, memoryMb: 128 }],
])("%s", (_what, processors, memory, size) => {
  expect(poolSize(processors, memory)).toEqual(size);
});
