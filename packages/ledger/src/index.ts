export type { Admission, Candidate } from "./deliveries/admit.ts";
export { BUFFER_CODE, type Buffer as BufferedTenant, type Gate } from "./circuits/tenant-holds.ts";
export { FAILURES_TO_OPEN, type CircuitState, type CrmOutage, type DueProbe } from "./circuits/circuits.ts";
export type { Erasure, ErasureRequest } from "./erasure/ask-erasure.ts";
export type { ErasureQuestion } from "./erasure/was-erased.ts";
export type { Erasures } from "./erasure/erasures-subject.ts";
export type { ErasedRecord, ErasurePreview } from "./erasure/preview-erasure.ts";
export type { ErasureRound } from "./erasure/work-on-erasure.ts";
export type { BlobUse, DueBlob } from "./lifecycle/blob-uses.ts";
export type { LegalHold, LegalHoldRequest, RecordToCopy } from "./lifecycle/legal-holds.ts";
export type { Lifecycle } from "./lifecycle/lifecycle-subject.ts";
export type { SweepPlace, SweptBatch, SweptCounts, TenantRetention } from "./lifecycle/sweep.ts";
export type { SweepState } from "./lifecycle/sweep-lease.ts";
export { batchQueries } from "./batch-queries.ts";
export type { CrmAccount } from "./effects/crm-accounts.ts";
export type { ConversationQuestion } from "./conversations/conversations.ts";
export { LedgerUnavailableError, type DatabaseOptions } from "./database.ts";
export type { ClaimRequest, ClaimResult } from "./effects/claim.ts";
export type { Release } from "./effects/release-claims.ts";
export type { EffectEnd, OutboxRecord, AttemptResult } from "./deliveries/finish.ts";
export type { StoredRecord } from "./waiting/stored-record.ts";
export type { CallEvidence, FailedCall } from "./circuits/failing-operations.ts";
export type { DeliveryFilter, ListedDelivery, ListPlace } from "./inspect/list-deliveries.ts";
export type {
  Coordinates as LedgerCoordinates,
  DeadLetterFilter,
  DeliveryView,
  JourneyStep,
} from "./inspect/read-deliveries.ts";
export type { OAuthGrant, SealedTokens } from "./oauth-grants.ts";
export type { Latency } from "./inspect/measure-latency.ts";
export { FIRST_COUNT, type CountPlace, type StateCount } from "./inspect/count-rows.ts";
export { FIRST_KEY, keepGap } from "./inspect/read-accounts.ts";
export type { AccountRow, Accounts, LogGap, LogMark, RowKey, WaitingAccount } from "./inspect/read-accounts.ts";
export type { Access } from "./access/access.ts";
export type { SessionRequest } from "./access/sessions.ts";
export type { SignInLinkRequest } from "./access/sign-in-links.ts";
export type { Grant, Identity } from "./access/credentials.ts";
export type { AccessToken, TokenRequest } from "./access/tokens.ts";
export { estimateThroughMs } from "./inspect/estimate-through.ts";
export type { TenantView, UnitLeft } from "./inspect/tenants.ts";
export type { AuditEntry, AuditHead } from "./audit/audit-entry.ts";
export type { Audit } from "./audit/audit.ts";
export type { AuditedAct } from "./audit/append-audit.ts";
export type { AuditFilter } from "./audit/list-audit.ts";
export type { AuditFault, AuditVerdict } from "./audit/verify-audit.ts";
export type { MappingVersion, MappingView } from "./deliveries/mapping-versions.ts";
export type { Preview } from "./deliveries/preview-admissions.ts";
export { JOB_KINDS, type Job, type JobDetail, type JobKind, type JobProgress, type JobState } from "./jobs/job.ts";
export type { JobRequest } from "./jobs/create-job.ts";
export type { JobOrder } from "./jobs/direct-job.ts";
export { liveService, REPLAYED, replayGroup, toReplay, toReplayRequest } from "./jobs/replay-job.ts";
export type { Replay, ReplayedService, ReplayFilter, ReplayRange } from "./jobs/replay-job.ts";
export type { JobTake } from "./jobs/hold-job.ts";
export type { Jobs } from "./jobs/jobs.ts";
export { openDryLedger, openLedger, type Ledger } from "./ledger.ts";
export {
  getReceiver,
  type DueNotification,
  type Notification,
  type NotificationResult,
  type TakeNotifications,
} from "./outbox/notifications.ts";
export { keepReferences, readWaitingRecords, type ReferencedRecords } from "./waiting/keep-references.ts";
export { KEEP_FROM_AGE_MS, type ReferenceCursor, type WaitingReference } from "./waiting/parking.ts";
export type { Naming } from "./deliveries/name-emails.ts";
export type { Publish } from "./outbox/outbox.ts";
export type { AcceptedDelivery, IncomingDelivery } from "./deliveries/accept.ts";
export type { Parsed } from "./deliveries/mark-parsed.ts";
export type { KnownOutcome, ReadFrom, Recovery, RecoveryLedger } from "./operate/recover.ts";
export { poll, type Poller } from "./poll.ts";
export type { CrmCost } from "./quota/crm-costs.ts";
export { QUOTA_CODE, type TokenDraw } from "./quota/rate-buckets.ts";
export type { RelatedDeals, RelatedDealsQuestion } from "./conversations/related-deals.ts";
export type { Rematch, RematchEnd } from "./effects/rematches.ts";
export type { IdLookup } from "./search/find-by-id.ts";
export { MOST_CANDIDATES, type TermQuestion } from "./search/find-by-terms.ts";
export { recognizeSearch, type SearchInput } from "./search/recognize-search.ts";
export type { Search } from "./search/search-subject.ts";
export type { HandSettlement, UnknownEffect } from "./effects/settle-by-hand.ts";
export type { References, SentMessage } from "./conversations/sent-messages.ts";
export type { EmailTakenOut, HandAction, WaitingFilter } from "./waiting/by-hand.ts";
export type { TooOldTake } from "./waiting/too-old.ts";
export type { ConversationKey } from "./waiting/release-heads.ts";
export type { TakeOptions, WaitingEmail } from "./waiting/take-waiting.ts";
export type { UndecodableRecord } from "./deliveries/accept-undecodable.ts";
export {
  waitReason,
  whyItWaits,
  type ListedWaiting,
  type TenantHold,
  type WaitingMail,
  type WaitingView,
  type WaitReason,
} from "./waiting/why-waiting.ts";
export { LANE_CODE, toLaneMove, toLaneMoveRequest, type LaneMove, type LaneRemains } from "./jobs/lane-move.ts";
export type { DeadLetter } from "./deliveries/dead-letters.ts";
export type { DeadLetterCursor, DeadLetterSet } from "./deliveries/dead-letter-set.ts";
export type { DeadLetterGroup, DeadLetterShare } from "./deliveries/group-dead-letters.ts";
export type { DeadLetterPage, ListedDeadLetter } from "./deliveries/list-dead-letters.ts";
export { MOST_JOB_EMAILS, type JobChange, type JobEmail, type ListedJobEmail } from "./jobs/job-emails.ts";
export { toDryRun, toDryRunRequest, type DryRun } from "./jobs/dry-run-job.ts";
export { toDeadLetterJob, toDeadLetterRequest, type DeadLetterJob } from "./jobs/dead-letter-job.ts";
export { toTimeline, type TimelineStep } from "./inspect/timeline.ts";
export type { RecordAccount } from "./inspect/record-accounts.ts";
export type { OperationRequest, RequestState } from "./requests/operation-requests.ts";
export { MOST_VIEWS, type SavedView, type ViewRequest } from "./views/saved-views.ts";
export { PROPOSAL_STATES, type Proposal, type ProposalRequest } from "./requests/proposals.ts";
