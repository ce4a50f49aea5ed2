export { eventId, flag, jobId, list, optional, tenantId, toTime } from "./fields.ts";
export { defineOperation } from "./operation.ts";
export type {
  Actor,
  AnyOperation,
  Operation,
  OperationDeps,
  OperationKafka,
  OperationSurroundings,
} from "./operation.ts";
export { operationKafkaOn } from "./operation-kafka.ts";
export { badInput, notAllowed, notFound, Problem, signedOut } from "./problem.ts";
export { CONFIRM_ABOVE } from "./guard/confirmation.ts";
export { performOperation, PLAINLY, type Asked, type Performed } from "./guard/perform.ts";
export { NO_FOUR_EYES, type FourEyes } from "./guard/four-eyes.ts";
export { approveProposal, OPERATIONS, readFourEyes, rejectProposal } from "./operations.ts";
export { proposalSchema } from "./proposals/proposal-schema.ts";
export { CALLS_AN_EMAIL, reachSchema, type Reach } from "./guard/reach.ts";
export { createSignInLink } from "./access/create-sign-in-link.ts";
export { createToken } from "./access/create-token.ts";
export { revokeToken } from "./access/revoke-token.ts";
export { DEFAULT_RATE, MOST_A_SECOND } from "./dead-letters/ask-for-jobs.ts";
export { findDeadLetters, freezeDeadLetters } from "./dead-letters/choose-dead-letters.ts";
export { discardDeadLetters } from "./dead-letters/discard-dead-letters.ts";
export { readDeadLetter } from "./dead-letters/replay-dead-letter.ts";
export { replayDeadLetters } from "./dead-letters/replay-dead-letters.ts";
export { cancelJob, pauseJob, resumeJob } from "./jobs/direct-job.ts";
export { jobSchema } from "./jobs/job-schema.ts";
export { erasePerson } from "./lifecycle/erase-person.ts";
export { addLegalHold, releaseLegalHold } from "./lifecycle/legal-hold.ts";
export { sweepNow } from "./lifecycle/sweep-now.ts";
export { applyLanes } from "./lanes/apply-lanes.ts";
export { moveTenant } from "./lanes/move-tenant.ts";
export { createReplay, replayInput, selectForReplay } from "./replays/create-replay.ts";
export type { Selected } from "./replays/select-replays.ts";
export { holdTenant, letTenantGo } from "./tenants/hold-tenant.ts";
export { deleteView } from "./views/delete-view.ts";
export { emailFilter, STATES } from "./views/email-filter.ts";
export { saveView } from "./views/save-view.ts";
export { viewSchema } from "./views/view-schema.ts";
export { deadLetterWaiting, retryWaiting } from "./waiting/act-on-waiting.ts";
export { retryEmail } from "./waiting/retry-email.ts";
export { replayDeadLetter } from "./dead-letters/replay-dead-letter.ts";
export type { HandDecision } from "./dead-letters/settlements.ts";
export { moveLane } from "./lanes/move-lane.ts";
export { selectReplays, type ReplaySelection } from "./replays/select-replays.ts";
export { setBackEmptyGroups } from "./replays/set-back-empty-groups.ts";
export { describeSearch, searchEmails, type SearchResult, type SearchScope } from "./search/search-emails.ts";
export { lookAtDeadLetters } from "./dry-runs/look-at-dead-letters.ts";
export { lookAtReplay } from "./dry-runs/look-at-replay.ts";
