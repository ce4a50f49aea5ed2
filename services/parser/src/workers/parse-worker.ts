import { parseMime, parseSignedJson } from "@inlet/email";
import { isProviderKind, PROVIDERS } from "@inlet/sources";
import type { ParseAnswer, ParseJob } from "./parse-job.ts";

const NOTHING_SAID = { eventId: null, receivedAt: null };

/** The worker process's side: pure parsing, no I/O. A crash, a loop or a flood of memory ends this process, not the service. */
export default parse;

export async function parse(job: ParseJob): Promise<ParseAnswer> {
  const { kind, contentType, bytes } = job;
  const options = { trustedAuthservIds: job.trustedAuthservIds ?? [] };
  if (isProviderKind(kind)) {
    const extracted = await PROVIDERS[kind].extract(bytes, contentType, options);
    switch (extracted.kind) {
      case "email":
        return { ok: true, email: extracted.email, source: NOTHING_SAID };
      case "elsewhere":
        return { ok: "elsewhere", object: extracted.object, word: extracted.word };
      case "fault":
        return { ok: false, fault: extracted.fault };
    }
  }
  if (kind === "raw-mime" || kind === "smtp") {
    const result = await parseMime(bytes, options);
    return result.ok ? { ...result, source: NOTHING_SAID } : result;
  }
  return parseSignedJson(bytes, options);
}
