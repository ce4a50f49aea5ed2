import process from "node:process";
import type { ParseAnswer, ParseJob } from "../src/workers/parse-job.ts";

/** Stands for a parser with every flaw: loops, floods memory or dies as its job says; any other job is refused at once. */
export default function bomb({ kind }: ParseJob): ParseAnswer | Promise<ParseAnswer> {
  const kept: unknown[] = [];
  switch (kind) {
    case "loop":
      for (;;);
    case "flood":
      for (;;) kept.push(Array.from({ length: 1_000 }, () => ({ kind })));
    // Large pieces at once: V8 has no time to warn a thread of it, and ends the process.
    case "fast-flood":
      for (;;) kept.push(Array.from({ length: 4_000_000 }).fill(kept.length));
    case "text-flood":
      for (let text = "x".repeat(1 << 20); ;) kept.push((text += text.slice(0, 1 << 20)).split("").length);
    // Outside of V8's heap, which its limit says nothing of.
    case "buffer-flood":
      for (;;) kept.push(Buffer.alloc(32 * 1024 * 1024, 1));
    case "exit":
      process.exit(3);
    // falls through: never
    case "killed":
      process.kill(process.pid, "SIGKILL");
      for (;;);
    case "waits for ever":
      return new Promise(() => {});
    default:
      return { ok: false, fault: { code: "unreadable_mime", message: kind } };
  }
}
