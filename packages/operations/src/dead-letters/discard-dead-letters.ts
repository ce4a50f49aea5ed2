import { z } from "zod";
import { jobSchema } from "../jobs/job-schema.ts";
import { defineOperation } from "../operation.ts";
import { askForDeadLetterJobs, DEFAULT_RATE, MOST_A_SECOND } from "./ask-for-jobs.ts";
import { deadLetterChoice, findDeadLetters, fixChoice, freezeDeadLetters, isByFilter } from "./choose-dead-letters.ts";
import { measureChoice } from "./measure-choice.ts";

export const discardDeadLetters = defineOperation({
  name: "dead-letters.discard",
  path: "/dead-letters/discard",
  summary:
    "Give dead letters up: they stay accounted for, and are no longer listed or replayed by a filter. Those of a filter as jobs.",
  role: "replay",
  input: z.object({
    ...deadLetterChoice,
    why: z.string({ error: "say it: it stands in the audit and in the email's journey" }).trim().min(1).max(500),
    rate: z.coerce
      .number()
      .int()
      .min(1)
      .max(MOST_A_SECOND)
      .default(DEFAULT_RATE)
      .describe("of a filter: at most so many emails a second"),
  }),
  result: z.object({
    emails: z.number(),
    jobs: z.array(jobSchema),
    discarded: z.array(z.string()).describe("event ids"),
  }),
  tenant: ({ tenant }) => tenant ?? null,
  freeze: async (deps, given) => fixChoice(deps, given),
  // Nothing is called in a CRM.
  measure: async (deps, given) => ({ ...(await measureChoice(deps, given)), calls: 0 }),
  run: async (deps, given, { name: actor }) => {
    const { ledger } = deps;
    const { why, rate: perSecond } = given;
    if (isByFilter(given))
      return {
        ...(await askForDeadLetterJobs(ledger, "discard", await freezeDeadLetters(deps, given), {
          actor,
          why,
          perSecond,
          since: given.since,
        })),
        discarded: [],
      };
    const letters = await findDeadLetters(ledger, given.eventIds, given.tenant);
    const eventIds = letters.map(({ eventId }) => eventId);
    const [first] = letters;
    const tenant = letters.every((letter) => letter.tenant === first?.tenant) ? first?.tenant : undefined;
    await ledger.audit(actor, "dlq.discard", { eventIds, why, ...(tenant === undefined ? {} : { tenant }) });
    await ledger.deadLetters.discard(letters, { actor, why });
    return { emails: eventIds.length, jobs: [], discarded: eventIds };
  },
});
