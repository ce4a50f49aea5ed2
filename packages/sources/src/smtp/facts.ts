import type { SourceFacts } from "../kind.ts";
import { USUAL_BODY_BYTES } from "../settings.ts";

export const facts: SourceFacts = {
  // By SMTP, its replies say it all (docs/guides/smtp.md).
  mediaTypes: null,
  answers: { accepted: 202, later: null, never: null },
  largestBody: USUAL_BODY_BYTES,
};
