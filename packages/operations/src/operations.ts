import { createSignInLink } from "./access/create-sign-in-link.ts";
import { createToken } from "./access/create-token.ts";
import { revokeToken } from "./access/revoke-token.ts";
import { discardDeadLetters } from "./dead-letters/discard-dead-letters.ts";
import { replayDeadLetters } from "./dead-letters/replay-dead-letters.ts";
import { lookAtDeadLetters } from "./dry-runs/look-at-dead-letters.ts";
import { lookAtReplay } from "./dry-runs/look-at-replay.ts";
import { cancelJob, pauseJob, resumeJob } from "./jobs/direct-job.ts";
import { applyLanes } from "./lanes/apply-lanes.ts";
import { moveTenant } from "./lanes/move-tenant.ts";
import { erasePerson } from "./lifecycle/erase-person.ts";
import { addLegalHold, releaseLegalHold } from "./lifecycle/legal-hold.ts";
import { sweepNow } from "./lifecycle/sweep-now.ts";
import type { AnyOperation } from "./operation.ts";
import { createReplay } from "./replays/create-replay.ts";
import { holdTenant, letTenantGo } from "./tenants/hold-tenant.ts";
import { deadLetterWaiting, retryWaiting } from "./waiting/act-on-waiting.ts";
import { retryEmail } from "./waiting/retry-email.ts";

/** Everything that can be changed in a running Inlet: a new one is a file and a line. */
export const OPERATIONS = [
  createReplay,
  replayDeadLetters,
  discardDeadLetters,
  lookAtReplay,
  lookAtDeadLetters,
  pauseJob,
  resumeJob,
  cancelJob,
  retryEmail,
  retryWaiting,
  deadLetterWaiting,
  holdTenant,
  letTenantGo,
  applyLanes,
  moveTenant,
  erasePerson,
  addLegalHold,
  releaseLegalHold,
  sweepNow,
  createToken,
  revokeToken,
  createSignInLink,
] as unknown as readonly AnyOperation[];
