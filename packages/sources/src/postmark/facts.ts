import type { SourceFacts } from "../kind.ts";
import { MOST_BODY_BYTES } from "../settings.ts";

export const facts: SourceFacts = {
  mediaTypes: ["application/json"],
  // Only 200 is success, 403 stops its retries, everything else is tried again for about 10 hours.
  answers: { accepted: 200, later: 503, never: 403 },
  largestBody: MOST_BODY_BYTES,
  byPassword: true,
};
