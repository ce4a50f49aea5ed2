import { parseMime, parseSignedJson } from "@inlet/email";
import type { ParseAnswer, ParseJob } from "./parse-job.ts";

const NOTHING_SAID = { eventId: null, receivedAt: null };

/** The worker thread's side: pure parsing, no I/O. A crash, a loop or a flood of memory ends this thread, not the service. */
export default async function parse(job: ParseJob): Promise<ParseAnswer> {
  if (job.kind === "raw-mime" || job.kind === "smtp") {
    const result = await parseMime(job.bytes, { trustedAuthservIds: job.trustedAuthservIds ?? [] });
    return result.ok ? { ...result, source: NOTHING_SAID } : result;
  }
  return parseSignedJson(job.bytes);
}
