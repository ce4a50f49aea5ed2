/** What one process of a pool may take. */
export interface ProcessLimits {
  /** Heap, MiB; what lies outside of the heap (buffers, the program) may take as much again and {@link PROGRAM_MB}. */
  readonly memoryMb: number;
  /**
   * Processor time, ms: `task` bounds each task from its begin (one at a time), `turn` one turn of the event loop (where many tasks share the
   * process and mostly wait). Wall-clock time says nothing on a machine that is short of processors.
   */
  readonly cpuMs: number;
  readonly bounds: "task" | "turn";
}

/** Resident memory of a process that has done nothing yet, with room, MiB. */
const PROGRAM_MB = 256;

export function residentLimitMb(memoryMb: number): number {
  return 2 * memoryMb + PROGRAM_MB;
}

/** The signals by which a process ends itself, so that who waits for it knows why. Neither is sent to a process group by anybody. */
export const ENDS_BY = { timeout: "SIGXCPU", memory: "SIGUSR2" } as const;

/** Slots of the memory that the process's task thread and its watch share. */
export const SHARED = { begun: 0, busy: 1, length: 2 } as const;

export interface WatchSettings {
  readonly limits: ProcessLimits;
  readonly shared: SharedArrayBuffer;
  readonly parent: number;
}

export interface TaskMessage {
  readonly id: number;
  readonly job: unknown;
}

export type TaskAnswer =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string };
