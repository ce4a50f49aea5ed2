import { randomUUID } from "node:crypto";
import { isInfrastructureFault, sentMessageEvidence, type EarlyDisposition } from "@inlet/domain";
import { poll, type Poller, type Rematch, type RematchEnd } from "@inlet/ledger";
import { errorForLog, hideMessages, metrics } from "@inlet/telemetry";
import { callCrm } from "../crm/call-crm.ts";
import type { CallAttempt } from "../crm/call-attempt.ts";
import { identifyAccount } from "../crm/crm-account.ts";
import { createEffectTracker } from "../write/effect-tracker.ts";
import { LEASE_MARGIN_MS, WAITING_BUDGET_MS } from "../limits.ts";
import type { SinkDeps } from "../attempt.ts";
import type { FairQueue } from "./fair-queue.ts";

const LIMIT = 32;
/** How long an email that is not written yet is left alone; on its own way it finds the message as well, ms. */
const NOT_WRITTEN_MS = 10_000;

/** States from which a delivery still goes on by itself. */
const OPEN = new Set(["accepted", "parsed", "delivering", "waiting"]);

/**
 * Emails that came before the message that they answer was registered: their activity is associated with its deal now. Done twice, it is
 * done once, since an association is a fact and no record; so a crash in between only repeats it.
 */
export function rematch(deps: SinkDeps, queue: FairQueue, lanes: readonly string[]): Poller {
  return poll(
    async () => {
      const rematches = await deps.ledger.effects.takeRematches({
        lanes,
        owner: deps.instance,
        leaseMs: WAITING_BUDGET_MS + LEASE_MARGIN_MS,
        limit: LIMIT,
      });
      await Promise.all(
        rematches.map(async (rematch) =>
          queue
            .run(rematch.tenant, `rematch ${rematch.emailKey}`, async () => {
              const end = await matchOne(deps, rematch);
              await deps.ledger.effects.endRematch(rematch, deps.instance, end);
              const line = { tenant: rematch.tenant, event_id: rematch.eventId, decision: end.kind };
              deps.log.info(end.kind === "dropped" ? { ...line, why: end.why } : line, "email looked at again");
            })
            // Its lease runs out and it is taken again.
            .catch((error: unknown) => {
              if (!isInfrastructureFault(error)) metrics.alerts.inc({ code: "unexpected_error" });
              deps.log.warn(
                { err: hideMessages(errorForLog(error)), tenant: rematch.tenant, event_id: rematch.eventId },
                "email could not be matched again",
              );
            }),
        ),
      );
      return rematches.length > 0;
    },
    {
      idleMs: 500,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "the ledger's rematches cannot be read"),
    },
  );
}

/** Associates the activity, or says why not (yet). Throws infrastructure faults. */
export async function matchOne(deps: SinkDeps, rematch: Rematch): Promise<RematchEnd> {
  const tenant = deps.tenants.get(rematch.tenant);
  if (tenant === undefined && deps.tenants.isBroken(rematch.tenant))
    return { kind: "later", delayMs: NOT_WRITTEN_MS, attempt: false };
  if (tenant === undefined) return { kind: "dropped", why: "unknown_tenant" };
  const { sent } = rematch;
  if (sent === null) return { kind: "dropped", why: "no_deal_named" };
  const crm = deps.crms.of(tenant);
  const email: CallAttempt = {
    deps,
    tenant,
    crm,
    effects: createEffectTracker(() => crm.key, `${deps.instance}/${randomUUID()}`),
    deadline: deps.monotonic() + WAITING_BUDGET_MS,
    attempts: rematch.attempt > 0 ? { crm: rematch.attempt } : {},
    isolated: true,
    begun: false,
    event: { eventId: rematch.eventId },
  };
  // Which of the activities is in this account is known only once the account is.
  const known = await identifyAccount(email);
  if (known.kind !== "ok") return toRematchEnd(known);
  const activity = rematch.activities.find((candidate) => candidate.crm === crm.key);
  if (activity?.state !== "confirmed" || activity.recordId === null) {
    return rematch.delivery !== null && OPEN.has(rematch.delivery)
      ? { kind: "later", delayMs: NOT_WRITTEN_MS, attempt: false }
      : { kind: "dropped", why: "no_activity" };
  }
  const { recordId } = activity;
  const deal = await callCrm(email, "get-deal", crm.adapter.records.deal.read, sent.dealId);
  if (deal.kind !== "ok") return toRematchEnd(deal);
  if (deal.value === null) return { kind: "dropped", why: "deal_unknown" };
  // Merged into another since it was registered, it is that one.
  const dealId = deal.value.recordId;
  const written = await callCrm(email, "associate", crm.adapter.records.activity.update, {
    recordId,
    changed: { dealId },
  });
  if (written.kind !== "ok") return toRematchEnd(written);
  if (written.value === null) return { kind: "dropped", why: "gone_in_crm" };
  const evidence = sentMessageEvidence({ messageId: sent.messageId, contactEmail: null }, null);
  return { kind: "matched", crm: crm.key, dealId, evidence };
}

/** What a call's fault means here: wait and try again, or give up where only an email would be dead-lettered. */
function toRematchEnd(disposition: EarlyDisposition): RematchEnd {
  if (disposition.kind === "retry")
    return { kind: "later", delayMs: disposition.delayMs ?? 1_000, attempt: disposition.attempt !== null };
  if (disposition.kind === "park") return { kind: "later", delayMs: disposition.delayMs, attempt: false };
  return { kind: "dropped", why: disposition.kind === "deadLetter" ? disposition.detail : disposition.kind };
}
