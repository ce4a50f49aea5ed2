import { totalmem } from "node:os";

/** Bytes of bodies that one instance holds at most, however much memory it has. */
const MOST_BYTES_IN_FLIGHT = 512 * 1024 * 1024;
/** A body costs up to twice its bytes while it is put together, and the process itself needs as much again. */
const SHARE_OF_MEMORY = 1 / 4;
/** What a connection takes while its header, 16 KiB at most, comes in, with the buffers on its way. */
const BYTES_OF_CONNECTION = 64 * 1024;
const MOST_CONNECTIONS = 10_000;

/** What the endpoints of one instance may hold in memory together. */
export interface BodyBudget {
  /** Counts bytes as held; false when that is more than the instance may hold (they are counted all the same: give them back). */
  take(bytes: number, tenant: string): boolean;
  give(bytes: number, tenant: string): void;
}

/**
 * @param most bytes; default a quarter of the memory that the process may use
 * @param mostOfTenant of these, what the bodies of one tenant may take: anybody can post to an address, and must not keep others' mail out
 */
export function createBodyBudget(
  most: number = computeBudget(getProcessMemory()),
  mostOfTenant: number = most,
): BodyBudget {
  let held = 0;
  const heldBy = new Map<string, number>();
  return {
    take(bytes, tenant) {
      held += bytes;
      const own = (heldBy.get(tenant) ?? 0) + bytes;
      heldBy.set(tenant, own);
      return held <= most && own <= mostOfTenant;
    },
    give(bytes, tenant) {
      held -= bytes;
      const own = (heldBy.get(tenant) ?? 0) - bytes;
      if (own > 0) heldBy.set(tenant, own);
      else heldBy.delete(tenant);
    },
  };
}

/** Bytes of bodies for a process that may use so much memory. */
export function computeBudget(memory: number): number {
  return Math.min(MOST_BYTES_IN_FLIGHT, Math.floor(memory * SHARE_OF_MEMORY));
}

/** HTTP connections at a time for a process that may use so much memory: they may take an eighth of it. Above it they are closed unanswered. */
export function connectionsWithin(memory: number): number {
  return Math.min(MOST_CONNECTIONS, Math.floor(memory / 8 / BYTES_OF_CONNECTION));
}

/** The budget of this process, half of it for one tenant. */
export function getProcessBudget(): BodyBudget {
  return budgetWithin(getProcessMemory());
}

/** The budget of a process that may use so much memory, half of it for one tenant. */
export function budgetWithin(memory: number): BodyBudget {
  const most = computeBudget(memory);
  return createBodyBudget(most, most / 2);
}

/** Bytes that this process may use: its container's limit, else the machine's. */
export function getProcessMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}
