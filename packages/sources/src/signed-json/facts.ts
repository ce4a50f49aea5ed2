import type { SourceFacts } from "../kind.ts";
import { USUAL_BODY_BYTES } from "../settings.ts";

export const facts: SourceFacts = {
  mediaTypes: ["application/json"],
  // Senders of our own take HTTP's codes for what they are.
  answers: { accepted: 202, later: null, never: null },
  largestBody: USUAL_BODY_BYTES,
};
