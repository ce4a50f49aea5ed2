import type { SourceFacts } from "../kind.ts";
import { MOST_BODY_BYTES } from "../settings.ts";

export const facts: SourceFacts = {
  mediaTypes: ["application/x-www-form-urlencoded", "multipart/form-data"],
  // Only 200 is success, 406 stops the retries (for 8 hours).
  answers: { accepted: 200, later: 503, never: 406 },
  largestBody: MOST_BODY_BYTES,
};
