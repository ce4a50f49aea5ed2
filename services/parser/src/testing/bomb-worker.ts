import type { ParseAnswer, ParseJob } from "../parse-job.ts";

/** Stands for a parser with every flaw: loops, floods memory or dies as its job says; any other job is refused at once. */
export default function bomb({ kind }: ParseJob): ParseAnswer {
  if (kind === "loop") for (;;);
  if (kind === "flood") {
    const kept: object[] = [];
    for (;;) kept.push(Array.from({ length: 1_000 }, () => ({ kind })));
  }
  if (kind === "exit") process.exit(3);
  return { ok: false, fault: { code: "unreadable_mime", message: kind } };
}
