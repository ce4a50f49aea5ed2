export type { Admission, Candidate } from "./admitting.ts";
export { BUFFER_CODE, type Buffer as BufferedTenant, type Gate } from "./buffers.ts";
export { FAILURES_TO_OPEN, type CircuitState, type CrmOutage, type DueProbe } from "./circuits.ts";
export { coalesce } from "./coalesce.ts";
export type { CrmAccount } from "./crm-accounts.ts";
export type { ConversationQuestion } from "./conversations.ts";
export { LedgerUnavailableError, type DatabaseOptions } from "./database.ts";
export type { ClaimRequest, ClaimResult, Release } from "./effects.ts";
export type { EffectEnd, KeptRecord, OutboxRecord, TryEnd } from "./ending.ts";
export type { CallEvidence, FailedCall } from "./failing-operations.ts";
export type { DeliveryFilter, ListedDelivery, ListPlace } from "./listing.ts";
export type { Coordinates as LedgerCoordinates, DeadLetterFilter, DeliveryView, JourneyStep } from "./inspecting.ts";
export type { OAuthGrant, SealedTokens } from "./oauth-grants.ts";
export { FIRST_KEY, keepGap } from "./reconciling.ts";
export type { AccountRow, Accounts, LogGap, LogMark, RowKey, WaitingAccount } from "./reconciling.ts";
export { openLedger, type Ledger } from "./ledger.ts";
export { receiverOf, type DueNotice, type Notice, type NoticeEnd, type TakeNotices } from "./notices.ts";
export { keepReferences, readWaitingRecords, type ReferencedRecords } from "./keep-references.ts";
export { KEEP_FROM_AGE_MS, type ReferenceCursor, type WaitingReference } from "./parking.ts";
export type { Naming } from "./naming.ts";
export type { Publish } from "./outbox.ts";
export type { Arrival, Arrived, Parsed } from "./parsing.ts";
export { poll, type Poller } from "./poll.ts";
export { QUOTA_CODE, type TokenDraw } from "./rate-buckets.ts";
export type { RelatedDeals, RelatedDealsQuestion } from "./related-deals.ts";
export type { Rematch, RematchEnd } from "./rematches.ts";
export type { HandSettlement, UnknownEffect } from "./settle-by-hand.ts";
export type { Mentions, SentMessage } from "./sent-messages.ts";
export type { TooOldTake } from "./too-old.ts";
export type { TakeOptions, WaitingEmail } from "./waiting.ts";
export type { MetUnreadable } from "./unreadable.ts";
export {
  waitReason,
  whyItWaits,
  type TenantHold,
  type WaitingMail,
  type WaitingView,
  type WaitReason,
} from "./why-waiting.ts";
