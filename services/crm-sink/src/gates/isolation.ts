import { Semaphore } from "async-mutex";

/** An email under way in this process. */
export interface Passage {
  /** Waits until nothing else is under way; until this ends, nothing else begins. */
  isolate(): Promise<void>;
  end(): void;
}

/** What is under way in a process at once: many emails, or one that is suspected of ending the process. */
export interface Isolation {
  begin(): Promise<Passage>;
}

/** Far more than ever are under way at once. */
const EVERYTHING = 1_000_000;

export function createIsolation(): Isolation {
  // In the order of asking: who waits to be alone is overtaken by no one.
  const places = new Semaphore(EVERYTHING);
  return {
    begin: async () => {
      let [, leave] = await places.acquire();
      return {
        isolate: async () => {
          // Two suspects that each kept a place would wait for each other.
          leave();
          leave = () => {};
          [, leave] = await places.acquire(EVERYTHING);
        },
        end: () => leave(),
      };
    },
  };
}
