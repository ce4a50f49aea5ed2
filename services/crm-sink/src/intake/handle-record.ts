import { countAttempts, isInfrastructureFault, waitOutOfKafka } from "@inlet/domain";
import { openOwned, unknownOwner } from "@inlet/event-codec";
import { withProcessSpan } from "@inlet/kafka";
import { KEEP_FROM_AGE_MS } from "@inlet/ledger";
import { groupIn, getTopicLane } from "@inlet/schemas";
import { reportFault, toThrownDisposition, tooOld, type Disposition } from "@inlet/service";
import { errorForLog, hideMessages, metrics } from "@inlet/telemetry";
import { finishAttempt } from "../finish/finish-attempt.ts";
import { PausePartition } from "../early-exit.ts";
import type { IncomingDelivery, DeliveryAttempt, SinkDeps } from "../attempt.ts";
import { toReplayResult } from "../replay/change.ts";
import type { Passage } from "../gates/isolation.ts";
import { deliver } from "../pipeline.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { deadLetterUndecodable } from "./undecodable-record.ts";
import { waitForTenantFile } from "../gates/wait-for-tenant-file.ts";

/**
 * Takes one record to an outcome that is durable. Throws only what must stop the partition: infrastructure faults and
 * {@link PausePartition}. A fault of our own code is logged and treated as a passing fault of the record, so that it holds up no one.
 */
export async function handleRecord(deps: SinkDeps, incoming: IncomingDelivery): Promise<void> {
  const passage = await deps.isolation.begin();
  try {
    await handle(deps, incoming, passage);
  } finally {
    passage.end();
  }
}

async function handle(deps: SinkDeps, incoming: IncomingDelivery, passage: Passage): Promise<void> {
  const attributes = {
    "inlet.origin": incoming.from,
    ...(incoming.from === "waiting" ? { "messaging.retry.attempt": countAttempts(incoming.attempts) } : {}),
  };
  const groupId = groupIn("crm-sink", getTopicLane(incoming.record.topic));
  await withProcessSpan(incoming.record, { groupId, attributes }, async (span) => {
    try {
      await endRecord(deps, incoming, passage, span);
    } catch (error) {
      if (isInfrastructureFault(error) || error instanceof PausePartition) throw error;
      metrics.alerts.inc({ code: "unexpected_error" });
      deps.log.error({ err: hideMessages(errorForLog(error)) }, "a record cannot be ended as what it says to be");
      const detail = `cannot be ended: ${(error as Error).name}`;
      await deadLetterUndecodable(deps, incoming, unknownOwner(incoming.record), { reason: "internal_error", detail });
    }
  });
}

async function endRecord(
  deps: SinkDeps,
  incoming: IncomingDelivery,
  passage: Passage,
  span: { setAttribute(name: string, value: string): unknown },
): Promise<void> {
  const owned = await openOwned(deps.codec, "NormalizedEvent", incoming.record);
  if (owned.kind === "foreign") {
    await deadLetterUndecodable(deps, incoming, owned, { reason: "unreadable_record", detail: owned.why });
    return;
  }
  const { event } = owned;
  span.setAttribute("messaging.message.conversation_id", event.conversationId);
  const tenant = deps.tenants.get(event.tenantId);
  if (tenant === undefined && deps.tenants.isBroken(event.tenantId)) return waitForTenantFile(deps, incoming, event);
  if (tenant === undefined) {
    await deadLetterUndecodable(deps, incoming, owned, {
      reason: "unknown_tenant",
      detail: "no tenant file has this id",
    });
    return;
  }
  const email = beginAttempt({ deps, incoming, passage }, event, tenant);
  const old = incoming.from === "waiting" && incoming.ends === true;
  const disposition = old ? endOld(email, incoming) : await attempt(email);
  await finishAttempt(email, disposition);
  if (incoming.from === "kafka") incoming.replay?.ended(toReplayResult(disposition, email.changes), email.changes);
}

/** Nothing is called any more. */
function endOld(email: DeliveryAttempt, incoming: Extract<IncomingDelivery, { from: "waiting" }>): Disposition {
  email.pass = incoming.pass;
  email.attempts = incoming.attempts;
  return tooOld({ stage: "deliver", since: incoming.since }, incoming.code, email.deps.now());
}

/** Takes the try through the steps; a fault of our own code is an end, too. Throws infrastructure faults. */
export async function attempt(email: DeliveryAttempt): Promise<Disposition> {
  try {
    return await deliver(email);
  } catch (error) {
    if (isInfrastructureFault(error) || error instanceof PausePartition) {
      // The process lives: what stopped the email does not count against it. With the ledger away it does, and shows as innocent later.
      await email.deps.ledger.deliveries.forgetStarts(email.event.tenantId, email.event.eventId).catch(() => {});
      const { incoming } = email;
      const age = { ageMs: email.deps.now() - incoming.record.timestamp, keepFromAgeMs: KEEP_FROM_AGE_MS };
      // A replay has its own place in Kafka, and is told what it missed there.
      const live = incoming.from === "kafka" && incoming.replay === undefined;
      const wait = live ? waitOutOfKafka(error, age) : null;
      if (wait === null) throw error;
      reportFault("crm-sink", email.deps.log, error);
      return wait;
    }
    metrics.alerts.inc({ code: "unexpected_error" });
    email.deps.log.error(
      { err: hideMessages(errorForLog(error)), tenant: email.event.tenantId, event_id: email.event.eventId },
      "unexpected error while delivering",
    );
    return toThrownDisposition(error, "deliver", { attempts: email.attempts, random: email.deps.random() });
  }
}
