import type { StepResult } from "@inlet/domain";
import { ok } from "@inlet/domain";
import { BUFFER_CODE, KEEP_FROM_AGE_MS, LANE_CODE, QUOTA_CODE } from "@inlet/ledger";
import { getTopicLane } from "@inlet/schemas";
import { BUFFER_LOOK_MS } from "../limits.ts";
import { PausePartition } from "../early-exit.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** How soon mail behind the quota is looked at again; it is let go as tokens come, ms. */
const QUOTA_LOOK_MS = 1_000;

/**
 * While an operator holds the tenant's mail back it waits: nothing is claimed, nothing called, until `inlet buffer off`. A lane of its own pauses
 * meanwhile, so that Kafka keeps the backlog, but for records that Kafka would delete before long.
 */
export async function checkHold(email: DeliveryAttempt): Promise<StepResult<null>> {
  const { buffered } = await email.crm.gate();
  if (!buffered) return ok(null);
  const { incoming, tenant, deps } = email;
  if (
    incoming.from === "kafka" &&
    tenant.isolation === "dedicated" &&
    deps.now() - incoming.record.timestamp < KEEP_FROM_AGE_MS
  )
    throw new PausePartition(BUFFER_LOOK_MS, "the tenant is in buffer mode");
  return { kind: "park", code: BUFFER_CODE, delayMs: BUFFER_LOOK_MS };
}

/** How soon mail that waits for the old lane of its tenant asks again; it is let go when the move ends, ms. */
const MOVE_LOOK_MS = 5_000;

/**
 * While the tenant moves to this lane its mail waits until the old one is drained. Before the conversation is looked at: what comes later of it waits
 * for the same.
 */
export async function checkLaneMove(email: DeliveryAttempt): Promise<StepResult<null>> {
  const { movingTo } = await email.crm.gate();
  return movingTo !== null && movingTo === getTopicLane(email.incoming.record.topic)
    ? { kind: "park", code: LANE_CODE, delayMs: MOVE_LOOK_MS }
    : ok(null);
}

/** Mail that comes while older mail of the tenant waits for the quota waits behind it; what waits is released by the ledger, oldest first. */
export async function queueBehindQuota(email: DeliveryAttempt): Promise<StepResult<null>> {
  // A replay has looked before it began, and must not stand before live mail.
  if (email.incoming.from === "waiting" || email.incoming.replay !== undefined) return ok(null);
  const { behindQuota } = await email.crm.gate();
  return behindQuota ? { kind: "park", code: QUOTA_CODE, delayMs: QUOTA_LOOK_MS } : ok(null);
}
