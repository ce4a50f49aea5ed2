import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface Journal<Entry> {
  /** Every whole entry from before, oldest first. A last line that a crash tore is cut off. */
  replay(): Entry[];
  append(entry: Entry): void;
  clear(): void;
  close(): void;
}

/** A journal that keeps nothing. */
export function noJournal<Entry>(): Journal<Entry> {
  return { replay: () => [], append: () => {}, clear: () => {}, close: () => {} };
}

/**
 * Appends one JSON line per change to `records.jsonl` in `directory`, which is made. It survives the end of the process, not of the machine:
 * nothing is flushed to the disk.
 */
export function fileJournal<Entry>(directory: string): Journal<Entry> {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, "records.jsonl");
  appendFileSync(path, "");
  const descriptor = openSync(path, "a");
  return {
    replay() {
      const text = readFileSync(path, "utf8");
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
      return whole
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Entry);
    },
    append(entry) {
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    },
    clear() {
      truncateSync(path, 0);
    },
    close() {
      closeSync(descriptor);
    },
  };
}
