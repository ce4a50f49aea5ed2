/** Memory of a worker that parses ordinary mail, MiB. */
const WORKER_MB = 100;
/** Heap of one worker where there is memory enough, MiB: many times what the largest accepted email needs. */
const LARGEST_HEAP_MB = 768;

/**
 * How many workers, and how large their heaps, for so many processors and so much memory (bytes; 0 or more than anybody has: no limit is
 * known). Many processors and a container of 1 GiB must not add up to workers that the system ends one after the other.
 */
export function poolSize(processors: number, memoryLimit: number): { workers: number; memoryMb: number } {
  const limitMb = memoryLimit > 0 && memoryLimit < Number.MAX_SAFE_INTEGER ? memoryLimit / 1024 / 1024 : Infinity;
  return {
    workers: Math.max(1, Math.min(processors, Math.floor(limitMb / 2 / WORKER_MB))),
    memoryMb: Math.floor(Math.max(128, Math.min(LARGEST_HEAP_MB, limitMb / 2))),
  };
}
