import { vi } from "vitest";

/** Tries until it holds: a quarter of a minute, since a busy machine may stand still for a second, which is all that vitest waits. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 });
}
