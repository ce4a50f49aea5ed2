import { z } from "zod";
import { flag, list, why } from "../fields.ts";
import { jobSchema } from "../jobs/job-schema.ts";
import { defineOperation, type OperationDeps } from "../operation.ts";
import { badInput, Problem } from "../problem.ts";
import { askForDeadLetterJobs, DEFAULT_RATE, MOST_A_SECOND } from "./ask-for-jobs.ts";
import { deadLetterChoice, findDeadLetters, fixChoice, freezeDeadLetters, isByFilter } from "./choose-dead-letters.ts";
import { measureChoice } from "./measure-choice.ts";
import { replayDeadLetter } from "./replay-dead-letter.ts";
import type { HandDecision } from "./settlements.ts";

const input = z.object({
  ...deadLetterChoice,
  why,
  rate: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_A_SECOND)
    .default(DEFAULT_RATE)
    .describe("of a filter: at most so many emails a second"),
  assumeWritten: list(z.string().max(400)).describe(
    "of one email's unknown outcome: it was written, as the CRM's record id; EFFECT=ID where several are unknown",
  ),
  write: flag.describe("of an unknown outcome: what assumeWritten does not name was not written, so write it"),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000).describe("with write and a filter: at most so many"),
});
type Input = z.infer<typeof input>;

const sent = z.object({
  eventId: z.string(),
  topic: z.string(),
  partition: z.number(),
  offset: z.string(),
  pass: z.number(),
  settled: z.number(),
});

export const replayDeadLetters = defineOperation({
  name: "dead-letters.replay",
  path: "/dead-letters/replay",
  summary:
    "Send dead letters through again, as their next pass: named ones at once, those of a filter as jobs, a lane each.",
  role: "replay",
  input,
  result: z.object({
    emails: z.number(),
    jobs: z.array(jobSchema),
    sent: z.array(sent),
    refused: z.array(z.object({ eventId: z.string(), problem: z.string() })),
  }),
  tenant: ({ tenant }) => tenant ?? null,
  freeze: async (deps, given) => {
    if (given.assumeWritten.length > 0 && given.eventIds.length !== 1)
      throw badInput("assumeWritten is about the records of one email: name its event id");
    return fixChoice(deps, given);
  },
  measure: async (deps, given) => measureChoice(deps, given),
  run: async (deps, given, { name: actor }) => {
    const { ledger } = deps;
    const decision =
      given.write || given.assumeWritten.length > 0 ? { assumeWritten: given.assumeWritten, write: given.write } : null;
    if (isByFilter(given) && decision === null) {
      const set = await freezeDeadLetters(deps, given);
      const by = { actor, why: given.why ?? null, perSecond: given.rate, since: given.since };
      return { ...(await askForDeadLetterJobs(ledger, "replay", set, by)), sent: [], refused: [] };
    }
    return replayNamed(deps, given, decision, actor);
  },
});

async function replayNamed(
  { ledger, kafka, now }: OperationDeps,
  given: Input,
  decision: HandDecision | null,
  actor: string,
) {
  const { tenant, reason, limit } = given;
  const since = given.since === undefined ? {} : { since: (await freezeDeadLetters({ ledger, now }, given)).since };
  const chosen = isByFilter(given)
    ? await ledger.inspect.deadLetters({
        limit,
        ...(tenant === undefined ? {} : { tenant }),
        ...(reason === undefined ? {} : { reason }),
        ...(since.since === undefined ? {} : { since: since.since }),
      })
    : await findDeadLetters(ledger, given.eventIds, tenant);
  const sent: Awaited<ReturnType<typeof replayDeadLetter>>[] = [];
  const refused: { eventId: string; problem: string }[] = [];
  await kafka.withProducer(async (producer) =>
    kafka.withAdmin(async (admin) => {
      for (const delivery of chosen) {
        try {
          sent.push(await replayDeadLetter({ ledger, admin, producer, actor }, delivery, decision));
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          refused.push({ eventId: delivery.eventId, problem: error.message });
        }
      }
    }),
  );
  return { emails: chosen.length, jobs: [], sent, refused };
}
