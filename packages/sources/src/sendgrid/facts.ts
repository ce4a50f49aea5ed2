import type { SourceFacts } from "../kind.ts";
import { USUAL_BODY_BYTES } from "../settings.ts";

export const facts: SourceFacts = {
  mediaTypes: ["multipart/form-data"],
  // It queues after 5xx; since it contradicts itself on 4xx, what is verified is never refused.
  answers: { accepted: 202, later: 503, never: null },
  largestBody: USUAL_BODY_BYTES,
};
