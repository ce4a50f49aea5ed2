import type { SourceFacts } from "../kind.ts";
import { MOST_BODY_BYTES } from "../settings.ts";

export const facts: SourceFacts = {
  mediaTypes: ["application/json", "multipart/form-data"],
  // The post happens inside the SMTP conversation: 2xx accepts, 4xx bounces to the sender, 5xx makes the sending server try again.
  answers: { accepted: 202, later: 503, never: null },
  largestBody: MOST_BODY_BYTES,
  byPassword: true,
};
