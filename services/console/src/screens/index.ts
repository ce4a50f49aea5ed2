import type { AnyScreen } from "../screen.ts";
import { audit } from "./audit.ts";
import { email } from "./email.ts";
import { emails } from "./emails.ts";
import { job, jobs } from "./jobs.ts";
import { overview } from "./overview.ts";
import { search } from "./search.ts";
import { tenants } from "./tenants.ts";
import { tokens } from "./tokens.ts";
import { waiting } from "./waiting.ts";

/** Everything that can be looked at, in the menu's order: a new page is a file and a line. */
export const SCREENS: readonly AnyScreen[] = [
  overview,
  emails,
  email,
  waiting,
  jobs,
  job,
  tenants,
  audit,
  tokens,
  search,
];
