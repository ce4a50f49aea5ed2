import type { SourceFacts } from "../kind.ts";
import { USUAL_BODY_BYTES } from "../settings.ts";

export const facts: SourceFacts = {
  // SNS says text/plain by default, whatever the body is.
  mediaTypes: null,
  // An SNS message has 256 KiB at most; as a JSON string of its escapes up to a few times that.
  mostBodyBytes: 2 * 1024 * 1024,
  // Every answer below 500 ends the delivery for SNS, so "later" is always 503.
  answers: { accepted: 200, later: 503, never: null },
  largestBody: USUAL_BODY_BYTES,
};
