import { deadLetter, isInfrastructureFault, waitOutOfKafka, type StepResult, type UsedAttempts } from "@inlet/domain";
import { reportFault, toThrownDisposition } from "@inlet/service";
import { RecordTooLargeError } from "@inlet/event-codec";
import { withProcessSpan } from "@inlet/kafka";
import { KEEP_FROM_AGE_MS, type AcceptedDelivery, type Parsed } from "@inlet/ledger";
import { groupIn } from "@inlet/schemas";
import { errorForLog, hideMessages, metrics } from "@inlet/telemetry";
import { countParsed } from "./count-parsed.ts";
import type { ParserDeps } from "./incoming-delivery.ts";
import { finishParse, type Ids } from "../finish/finish-parse.ts";
import { parseEmail, type ParsedEmail } from "../pipeline.ts";
import type { Opened } from "./read-delivery.ts";

const DEFAULT_MAX_AGE_MS = 7 * 86_400_000;

/** How a delivery stands when it is handled. */
export type DeliveryProgress = AcceptedDelivery & { readonly attempts: UsedAttempts; readonly since: number | null };

/**
 * Takes one opened record to a normalized record or to its end; answers the row's move where it was parsed, null where it ended or waits.
 * Throws infrastructure faults.
 */
export async function handleDelivery(
  deps: ParserDeps,
  opened: Opened,
  progress: DeliveryProgress,
): Promise<Parsed | null> {
  const { record, incoming } = opened;
  const { tenant: tenantId, eventId, lane } = incoming;
  return withProcessSpan(
    record,
    { groupId: groupIn("parser", lane), attributes: { "inlet.tenant": tenantId, "inlet.event_id": eventId } },
    async (span) => {
      const tenant = deps.tenants.get(tenantId);
      let outcome: StepResult<ParsedEmail>;
      if (opened.event.kind !== "ok") outcome = opened.event;
      else if (tenant === undefined) outcome = withoutTenant(deps, tenantId);
      else {
        const delivery = { record, event: opened.event.value, tenant, ...progress };
        outcome = await parseEmail(deps, delivery).catch((error: unknown) => unexpected(deps, opened, progress, error));
      }
      countParsed(tenantId, outcome);
      deps.replay?.ended(toReplayResult(outcome));
      if (outcome.kind === "ok") {
        span.setAttribute("messaging.message.conversation_id", outcome.value.row.conversationId);
        deps.log.info(
          { tenant: tenantId, event_id: eventId, email_key: outcome.value.row.emailKey, pass: progress.pass },
          "email parsed",
        );
        return outcome.value.row;
      }
      const ids: Ids = {
        tenant: tenantId,
        eventId,
        lane,
        pass: progress.pass,
        attempts: progress.attempts,
        since: progress.since,
        receivedAt: incoming.receivedAt,
        maxAgeMs: tenant?.maxAgeMs ?? DEFAULT_MAX_AGE_MS,
      };
      await finishParse(deps, record, ids, outcome);
      return null;
    },
  );
}

/** A replay's word for what a record came to; what is parsed anew and differs is delivered by the sink. */
function toReplayResult({ kind }: StepResult<ParsedEmail>): string {
  if (kind === "ok") return "changed";
  if (kind === "skip") return "unchanged";
  if (kind === "suppress") return "suppressed";
  return kind === "deadLetter" ? "dead_lettered" : "waiting";
}

/** How often a delivery whose tenant's file is broken is looked at again, ms. */
const BROKEN_FILE_LOOK_MS = 30_000;

function withoutTenant({ tenants }: ParserDeps, id: string): StepResult<never> {
  return tenants.isBroken(id)
    ? { kind: "retry", code: "tenant_file_broken", attempt: null, delayMs: BROKEN_FILE_LOOK_MS }
    : deadLetter("unknown_tenant", "tenant", "no tenant file has this id");
}

/** A fault of our own code with this one email: it is tried again, ends as a dead letter at last, and holds up no one. */
function unexpected(
  deps: ParserDeps,
  opened: Opened,
  { attempts, since, state }: DeliveryProgress,
  error: unknown,
): StepResult<never> {
  if (isInfrastructureFault(error)) {
    const age = { ageMs: deps.now() - opened.record.timestamp, keepFromAgeMs: KEEP_FROM_AGE_MS };
    // What has gone further, and is read again, does not wait in the ledger: nothing would parse it anew.
    const wait = since === null && state === "accepted" ? waitOutOfKafka(error, age) : null;
    if (wait === null) throw error;
    reportFault("parser", deps.log, error);
    return wait;
  }
  if (error instanceof RecordTooLargeError) return deadLetter("limit_exceeded", "publish", error.message);
  metrics.alerts.inc({ code: "unexpected_error" });
  const { tenant, eventId } = opened.incoming;
  deps.log.error(
    { err: hideMessages(errorForLog(error)), tenant, event_id: eventId },
    "unexpected error while parsing",
  );
  return toThrownDisposition(error, "parse", { attempts, random: deps.random() });
}
