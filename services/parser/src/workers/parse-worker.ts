import { findSourceKind, getSourceKind, SOURCE_KINDS } from "@inlet/sources";
import type { ParseAnswer, ParseJob } from "./parse-job.ts";

const NOTHING_SAID = { eventId: null, receivedAt: null };

// Loads what each kind is parsed with: that is the worker's start, and no email's time.
await Promise.all(SOURCE_KINDS.map(async (kind) => kind.parse(new Uint8Array(), "")));

/** The worker process's side: pure parsing, no I/O. A crash, a loop or a flood of memory ends this process, not the service. */
export default parse;

export async function parse(job: ParseJob): Promise<ParseAnswer> {
  const options = { trustedAuthservIds: job.trustedAuthservIds ?? [] };
  // What was kept under a kind that is not known here is read as JSON of our own, whose faults say what is wrong.
  const kind = findSourceKind(job.kind) ?? getSourceKind("signed-json");
  const parsed = await kind.parse(job.bytes, job.contentType, options);
  switch (parsed.kind) {
    case "email":
      return { ok: true, email: parsed.email, source: parsed.sender ?? NOTHING_SAID };
    case "elsewhere":
      return { ok: "elsewhere", object: parsed.object, metadata: parsed.metadata };
    case "fault":
      return { ok: false, fault: parsed.fault };
  }
}
