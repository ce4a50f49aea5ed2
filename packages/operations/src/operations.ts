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
import { parseFourEyes, type FourEyes } from "./guard/four-eyes.ts";
import type { AnyOperation } from "./operation.ts";
import { defineApproval, defineRejection } from "./proposals/decide-proposal.ts";
import { createReplay } from "./replays/create-replay.ts";
import { holdTenant, letTenantGo } from "./tenants/hold-tenant.ts";
import { deleteView } from "./views/delete-view.ts";
import { saveView } from "./views/save-view.ts";
import { deadLetterWaiting, retryWaiting } from "./waiting/act-on-waiting.ts";
import { retryEmail } from "./waiting/retry-email.ts";

/** What may be made to wait for a second person (FOUR_EYES): a new one is a file and a line. */
const PROPOSABLE = [
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
  releaseLegalHold,
  sweepNow,
  createToken,
  revokeToken,
  createSignInLink,
] as unknown as readonly AnyOperation[];

export const approveProposal = defineApproval(PROPOSABLE);
export const rejectProposal = defineRejection(PROPOSABLE);

/** Of a person's address, which no proposal and no audit is to keep. */
const PERSONAL = [erasePerson, addLegalHold];

/** Of the one who asks: no second person has a say in it. */
const OWN = [saveView, deleteView];

/** Everything that can be changed in a running Inlet. */
export const OPERATIONS = [
  ...PROPOSABLE,
  ...PERSONAL,
  ...OWN,
  approveProposal,
  rejectProposal,
] as unknown as readonly AnyOperation[];

/** Of the names that the environment gives. Throws where one is no operation. */
export function readFourEyes(rules: readonly string[]): FourEyes {
  return parseFourEyes(
    rules,
    PROPOSABLE.map(({ name }) => name),
  );
}
