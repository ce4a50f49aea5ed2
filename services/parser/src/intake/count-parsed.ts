import type { StepResult } from "@inlet/domain";
import type { NormalizedEvent } from "@inlet/schemas";
import { metrics } from "@inlet/telemetry";

/** What the metrics count of an email. */
export interface CountedEmail {
  readonly class: NormalizedEvent["classification"]["kind"];
  readonly content: "text" | "html" | "both" | "none";
  readonly spam: "ham" | "spam" | "none";
}

export function toCountedEmail(
  event: Pick<NormalizedEvent, "classification" | "text" | "html" | "spamVerdict">,
): CountedEmail {
  const { classification, text, html, spamVerdict } = event;
  const content = text === null ? (html === null ? "none" : "html") : html === null ? "text" : "both";
  const spam = spamVerdict === "spam" || spamVerdict === "ham" ? spamVerdict : "none";
  return { class: classification.kind, content, spam };
}

/** Tells the metrics what became of one delivery, and of its email where it was parsed. */
export function countParsed(tenant: string, outcome: StepResult<CountedEmail>): void {
  const parsed = outcome.kind === "ok" ? outcome.value : null;
  metrics.parsed.inc({
    tenant,
    class: parsed?.class ?? "",
    outcome:
      outcome.kind === "ok" || outcome.kind === "skip"
        ? "ok"
        : outcome.kind === "deadLetter"
          ? "dead_lettered"
          : outcome.kind === "suppress"
            ? "suppressed"
            : "retry",
  });
  if (parsed === null) return;
  metrics.bodies.inc({ tenant, content: parsed.content });
  metrics.spamVerdicts.inc({ tenant, verdict: parsed.spam });
}
