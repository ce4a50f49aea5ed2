import type { AnyScreen } from "../screen.ts";
import { auditVerify } from "./audit-verify.ts";
import { audit } from "./audit.ts";
import { content } from "./content.ts";
import { deadLetterEmails } from "./dead-letter-emails.ts";
import { deadLetters } from "./dead-letters.ts";
import { email } from "./email.ts";
import { emails } from "./emails.ts";
import { job } from "./job.ts";
import { jobs } from "./jobs.ts";
import { overview } from "./overview.ts";
import { replayForm } from "./replay-form.ts";
import { proposals } from "./proposals.ts";
import { search } from "./search.ts";
import { tail } from "./tail.ts";
import { tenants } from "./tenants.ts";
import { tokens } from "./tokens.ts";
import { tryIt } from "./try.ts";
import { waiting } from "./waiting.ts";

/** Everything that can be looked at, in the menu's order: a new page is a file and a line. */
export const SCREENS: readonly AnyScreen[] = [
  overview,
  emails,
  tail,
  email,
  content,
  waiting,
  deadLetters,
  deadLetterEmails,
  jobs,
  job,
  replayForm,
  proposals,
  tenants,
  tryIt,
  audit,
  auditVerify,
  tokens,
  search,
];
