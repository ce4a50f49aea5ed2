import { parseMime, parseSignedJson } from "@inlet/email";
import { isProviderKind, PROVIDERS } from "@inlet/providers";
import { Piscina } from "piscina";
import type { ParseAnswer, ParseJob } from "./parse-job.ts";

const NOTHING_SAID = { eventId: null, receivedAt: null };

/** The worker thread's side: pure parsing, no I/O. A crash, a loop or a flood of memory ends this thread, not the service. */
export default async function parseAndHandOver(job: ParseJob): Promise<ParseAnswer> {
  const answer = await parse(job);
  if (answer.ok !== true) return answer;
  // Handed over, not copied: only what fills its memory, since small ones share theirs.
  const whole = answer.email.attachments.flatMap(({ bytes }) =>
    bytes !== null && bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [],
  );
  const transferable = { [Piscina.transferableSymbol]: [...new Set(whole)], [Piscina.valueSymbol]: answer };
  return Piscina.move(transferable as unknown as Parameters<typeof Piscina.move>[0]) as unknown as ParseAnswer;
}

/** The same without handing over, for who calls it on its own thread. */
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
