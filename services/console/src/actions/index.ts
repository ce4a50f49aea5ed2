import {
  addLegalHold,
  applyLanes,
  approveProposal,
  cancelJob,
  createReplay,
  createSignInLink,
  createToken,
  deadLetterWaiting,
  deleteView,
  discardDeadLetters,
  erasePerson,
  holdTenant,
  letTenantGo,
  lookAtDeadLetters,
  lookAtReplay,
  moveTenant,
  pauseJob,
  releaseLegalHold,
  rejectProposal,
  replayDeadLetters,
  resumeJob,
  retryEmail,
  retryWaiting,
  revokeToken,
  saveView,
  sweepNow,
} from "@inlet/operations";
import { emailPath } from "../page/parts.ts";
import { showSecret } from "../screens/tokens.ts";
import type { AnyAction } from "../screen.ts";
import { toAddress } from "../views/render-views.ts";
import { giveReason } from "./give-reason.ts";
import { toAction } from "./from-operation.ts";

/** Everything that can be changed: an operation (packages/operations), and the page that follows it. */
export const ACTIONS: readonly AnyAction[] = [
  toAction(createReplay, (_, { jobs }) => toJobs(jobs)),
  toAction(replayDeadLetters, (_, { jobs }) => toJobs(jobs)),
  toAction(discardDeadLetters, (_, { jobs }) => toJobs(jobs)),
  toAction(lookAtReplay, (_, { jobs }) => toJobs(jobs)),
  toAction(lookAtDeadLetters, (_, { jobs }) => toJobs(jobs)),
  toAction(pauseJob, ({ id }) => `/jobs/${id}`),
  toAction(resumeJob, ({ id }) => `/jobs/${id}`),
  toAction(cancelJob, ({ id }) => `/jobs/${id}`),
  toAction(retryEmail, ({ tenant, eventId }) => emailPath(tenant, eventId)),
  toAction(retryWaiting, () => "/waiting"),
  toAction(deadLetterWaiting, () => "/waiting"),
  toAction(holdTenant, () => "/tenants"),
  toAction(letTenantGo, () => "/tenants"),
  toAction(applyLanes, () => "/tenants"),
  toAction(moveTenant, (_, { job }) => `/jobs/${job.id}`),
  toAction(erasePerson, () => "/audit"),
  toAction(addLegalHold, () => "/audit"),
  toAction(releaseLegalHold, () => "/audit"),
  toAction(sweepNow, () => "/audit"),
  toAction(createToken, () => "/tokens", showSecret),
  toAction(revokeToken, () => "/tokens"),
  toAction(createSignInLink, () => "/tokens"),
  toAction(
    approveProposal,
    ({ id }, { result }) => toJobs((result["jobs"] as { id: string }[] | undefined) ?? [], `/proposals#${id}`),
    // What is answered once is shown to who approves.
    ({ result }) =>
      typeof result["secret"] === "string" && typeof result["id"] === "string"
        ? showSecret({ id: result["id"], secret: result["secret"] })
        : null,
  ),
  toAction(rejectProposal, () => "/proposals"),
  toAction(saveView, (_, { view }) => toAddress(view)),
  toAction(deleteView, () => "/emails"),
  giveReason,
];

/** To the job itself where there is one. */
function toJobs(jobs: readonly { readonly id: string }[], otherwise = "/jobs"): string {
  const [only] = jobs;
  return jobs.length === 1 && only !== undefined ? `/jobs/${only.id}` : otherwise;
}
