import { totalmem } from "node:os";

/** Bytes of bodies that one instance holds at most, however much memory it has. */
const MOST_BYTES_IN_FLIGHT = 512 * 1024 * 1024;
/** A body costs up to twice its bytes while it is put together, and the process itself needs as much again. */
const SHARE_OF_MEMORY = 1 / 4;
/** What the doors of one instance may hold in memory together. */
export interface BodyBudget {
  /** Counts bytes as held; false when that is more than the instance may hold (they are counted all the same: give them back). */
  take(bytes: number, tenant: string): boolean;
  give(bytes: number, tenant: string): void;
}

/**
 * @param most bytes; default a quarter of the memory that the process may use
 * @param mostOfTenant of these, what the bodies of one tenant may take: anybody can post to an address, and must not keep others' mail out
 */
export function createBodyBudget(most: number = budgetOf(memoryOf()), mostOfTenant: number = most): BodyBudget {
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
export function budgetOf(memory: number): number {
  return Math.min(MOST_BYTES_IN_FLIGHT, Math.floor(memory * SHARE_OF_MEMORY));
}

/** The budget of this process, half of it for one tenant. */
export function budgetOfProcess(): BodyBudget {
  const most = budgetOf(memoryOf());
  return createBodyBudget(most, most / 2);
}

/** Bytes that this process may use: its container's limit, else the machine's. */
function memoryOf(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}
