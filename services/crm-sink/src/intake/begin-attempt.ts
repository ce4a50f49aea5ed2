import { randomUUID } from "node:crypto";
import type { TenantConfig } from "@inlet/config";
import type { NormalizedEvent } from "@inlet/schemas";
import type { DeliveryAttempt, IncomingDelivery } from "../attempt.ts";
import { buildFacts } from "../facts.ts";
import { KAFKA_BUDGET_MS, REPLAY_BUDGET_MS, WAITING_BUDGET_MS } from "../limits.ts";
import { createEffectTracker } from "../write/effect-tracker.ts";

/** An attempt of an email that no step has touched yet. */
export function beginAttempt(
  { deps, incoming, passage }: Pick<DeliveryAttempt, "deps" | "incoming" | "passage">,
  event: NormalizedEvent,
  tenant: TenantConfig,
): DeliveryAttempt {
  const crm = deps.crms.of(tenant);
  const owner = `${deps.instance}/${randomUUID()}`;
  const startedAt = deps.monotonic();
  return {
    deps,
    incoming,
    event,
    facts: buildFacts(event, tenant, deps.blobs),
    tenant,
    crm,
    owner,
    startedAt,
    effects: createEffectTracker(() => crm.key, owner),
    deadline: startedAt + getBudgetMs(incoming),
    pass: 0,
    attempts: {},
    starts: 1,
    passage,
    conversationId: event.conversationId,
    sentMessages: [],
    stopSpilling: async () => {},
    begun: false,
    // The code of a CRM's fault.
    isolated: incoming.from === "waiting" && incoming.code.startsWith(`${crm.kind}:`),
    renewed: false,
    changes: [],
    // Who asks for a file that is not in the CRM finds why beside what the sink has to say.
    warnings: event.warnings.filter((warning) => warning.startsWith("attachment_")),
    notifications: [],
    evidence: {},
    summary: [],
  };
}

/** What holds up no live mail may take its time. */
function getBudgetMs(incoming: IncomingDelivery): number {
  if (incoming.from === "waiting") return WAITING_BUDGET_MS;
  return incoming.replay === undefined ? KAFKA_BUDGET_MS : REPLAY_BUDGET_MS;
}
