/** Lets many wait for "something changed". */
export interface WakeSignal {
  /** Resolves at the next {@link WakeSignal.notify}. */
  next(): Promise<void>;
  notify(): void;
}

export function createWakeSignal(): WakeSignal {
  let waiting = Promise.withResolvers<void>();
  return {
    next: () => waiting.promise,
    notify: () => {
      waiting.resolve();
      waiting = Promise.withResolvers<void>();
    },
  };
}
