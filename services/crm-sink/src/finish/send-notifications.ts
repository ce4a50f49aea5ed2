import { setTimeout as sleep } from "node:timers/promises";
import { poll, getReceiver, type DueNotification, type NotificationResult, type Poller } from "@inlet/ledger";
import { H } from "@inlet/schemas";
import { errorForLog, metrics } from "@inlet/telemetry";
import { Webhook } from "standardwebhooks";
import type { SinkDeps } from "../attempt.ts";

/** Longest that one call may take, ms. */
const TIMEOUT_MS = 10_000;
/** Between the attempts, ms; then every hour. */
const DELAYS_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000];
const HOUR_MS = 3_600_000;
/** A receiver that is away for longer is not told of what is old by then, ms. */
const MOST_AGE_MS = 24 * HOUR_MS;
const AT_ONCE = 32;
/** Of which one receiver takes up no more than this. */
const AT_ONCE_EACH = 4;
const IDLE_MS = 500;

/**
 * Sends what rules tell the tenant's own systems, as signed Standard Webhooks (https://www.standardwebhooks.com). It has its own row and its own
 * retries: a receiver that is away holds up no email, and one that hangs no other receiver. The `webhook-id` is the same in every attempt, so
 * that a receiver can tell a repeat.
 */
export function sendNotifications(deps: SinkDeps): Poller {
  /** Receivers with notices under way, and those. */
  const underWay = new Map<string, Set<Promise<void>>>();
  const count = (): number => [...underWay.values()].reduce((sum, sent) => sum + sent.size, 0);
  const begin = (notice: DueNotification): void => {
    const receiver = getReceiver(notice);
    const sent = underWay.get(receiver) ?? new Set();
    underWay.set(receiver, sent);
    const ended = sendOne(deps, notice)
      // It is due again when its lease is over.
      .catch((error: unknown) => deps.log.warn({ err: errorForLog(error) }, "how a notice ended could not be kept"))
      .finally(() => {
        sent.delete(ended);
        if (sent.size === 0) underWay.delete(receiver);
      });
    sent.add(ended);
  };
  const poller = poll(
    async () => {
      const room = AT_ONCE - count();
      const due =
        room <= 0
          ? []
          : await deps.ledger.outbox.takeNotifications({
              leaseMs: 3 * TIMEOUT_MS,
              limit: room,
              perReceiver: AT_ONCE_EACH,
              except: [...underWay.keys()],
            });
      for (const notice of due) begin(notice);
      if (count() === 0) return false;
      await Promise.race([...[...underWay.values()].map(async (sent) => Promise.all(sent)), sleep(IDLE_MS)]);
      return true;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "notices cannot be sent for now"),
    },
  );
  return {
    stop: async () => {
      await poller.stop();
      await Promise.all([...underWay.values()].flatMap((sent) => [...sent]));
    },
  };
}

/** Sends one and keeps how it ended. */
async function sendOne(deps: SinkDeps, notice: DueNotification): Promise<void> {
  const end = await send(deps, notice);
  metrics.notices.inc({ tenant: notice.tenant, result: end.kind });
  if (end.kind === "given_up") {
    metrics.alerts.inc({ code: "notice_given_up" });
    const at = { tenant: notice.tenant, event_id: notice.eventId, notice: notice.notice, why: end.why };
    deps.log.error({ ...at, code: "notice_given_up" }, "a notice could not be delivered and is given up");
  }
  await deps.ledger.outbox.finishNotification(notice, end);
}

async function send(deps: SinkDeps, notice: DueNotification): Promise<NotificationResult> {
  const config = deps.tenants.get(notice.tenant)?.notifications.get(notice.notice);
  if (config === undefined && deps.tenants.isBroken(notice.tenant))
    return { kind: "later", delayMs: DELAYS_MS[notice.attempts - 1] ?? HOUR_MS };
  if (config === undefined) return { kind: "given_up", why: "the tenant's file has no such notice any more" };
  const { url, secret } = config;
  const id = `ntc_${H(notice.tenant, notice.key)}`;
  const at = new Date(deps.now());
  const signatures = secret.reveal().map((value) => new Webhook(value).sign(id, at, notice.body));
  let why: string;
  try {
    const { status } = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        "content-type": "application/json",
        "user-agent": "inlet",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": signatures.join(" "),
      },
      body: notice.body,
    });
    if (status >= 200 && status < 300) return { kind: "sent", status };
    why = `the receiver answered ${status}`;
    // Standard Webhooks: Gone means that the receiver wants no more of them.
    if (status === 410) return { kind: "given_up", why };
  } catch (error) {
    why = (error as Error).name === "TimeoutError" ? "the receiver did not answer in time" : "the receiver is away";
  }
  if (notice.age > MOST_AGE_MS) return { kind: "given_up", why: `${why}, for a day` };
  return { kind: "later", delayMs: DELAYS_MS[notice.attempts - 1] ?? HOUR_MS };
}
