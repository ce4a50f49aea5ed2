import { html, type Html } from "@inlet/html";
import type { Verdict } from "../screens/next-step.ts";

/** What to do next, and the runbook that goes on from there. */
export function describeNext({ next, runbook }: Pick<Verdict, "next" | "runbook">): Html | null {
  if (next === null) return null;
  const more = runbook === null ? null : html` <span class="soft">(docs/runbooks/${runbook}.md)</span>`;
  return html`<br /><b>Next:</b> ${next}${more}`;
}
