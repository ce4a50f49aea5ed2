import { errorForLog, hideMessages, metrics, tracer } from "@inlet/telemetry";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import type { Connection } from "@inlet/schemas";
import { REPLIES } from "./replies.ts";
import type { Destination, MailRefusal } from "./replies.ts";

export interface MailLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** How one tenant's part of a message ended. */
export type MailEnd =
  | { readonly kind: "accepted"; readonly eventId: string; readonly duplicate: boolean }
  | { readonly kind: "refused"; readonly refusal: MailRefusal; readonly eventId: string | null };

/**
 * Runs `accept` for one tenant's part of a message inside a span of its own (the root of that email's trace), counts it and writes the
 * one wide log line, as the HTTP endpoint does.
 */
export async function observeMail(
  log: MailLog,
  { tenant, source }: Destination,
  { bytes, connection, startedAt }: { bytes: number; connection: Connection; startedAt: number },
  accept: () => Promise<MailEnd>,
): Promise<MailEnd> {
  const span = tracer("ingest-gateway").startSpan(
    "SMTP message",
    {
      kind: SpanKind.SERVER,
      attributes: {
        "network.protocol.name": connection.protocol,
        "inlet.tenant": tenant.id,
        "inlet.source": source.name,
        "inlet.lane": tenant.lane,
        "inlet.message.size": bytes,
      },
    },
    ROOT_CONTEXT,
  );
  return context.with(trace.setSpan(ROOT_CONTEXT, span), async () => {
    const end = await accept();
    const ms = performance.now() - startedAt;
    const code = end.kind === "accepted" ? "accepted" : end.refusal.code;
    const { status } = REPLIES[code];
    const labels = { tenant: tenant.id, source: source.name };
    metrics.ingestRequests.inc({ ...labels, code: String(status) });
    metrics.ingestSeconds.observe(labels, ms / 1000);
    if (end.kind === "accepted") metrics.ingestBytes.observe(labels, bytes);
    if (end.kind === "accepted" && end.duplicate) metrics.ingestDuplicates.inc(labels);
    const line = {
      code,
      status,
      ...labels,
      kind: source.kind,
      lane: tenant.lane,
      protocol: connection.protocol,
      tls: connection.tls ?? undefined,
      event_id: end.eventId ?? undefined,
      duplicate: end.kind === "accepted" ? end.duplicate : undefined,
      bytes,
      ms: Math.round(ms * 10) / 10,
    };
    if (end.kind === "accepted") log.info(line, "delivery accepted");
    else if (status >= 500) log.warn(line, "delivery refused");
    else {
      const { cause } = end.refusal;
      // What is not foreseen may quote the email; what is known to be away does not.
      const err = code === "internal_error" ? hideMessages(errorForLog(cause)) : cause;
      log.error({ ...line, err }, "delivery not taken");
    }

    if (end.eventId !== null) span.setAttribute("inlet.event_id", end.eventId);
    if (end.kind === "accepted") span.setAttribute("inlet.duplicate", end.duplicate);
    else {
      span.setAttribute("error.type", code);
      if (status < 500) span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
    return end;
  });
}

/** A recipient refused at RCPT: counted and logged, without the address. */
export function observeRefusedRecipient(log: MailLog, refusal: MailRefusal, protocol: string): void {
  const { destination } = refusal;
  const labels = { tenant: destination?.tenant.id ?? "unknown", source: destination?.source.name ?? "unknown" };
  metrics.ingestRequests.inc({ ...labels, code: String(refusal.responseCode) });
  if (refusal.code === "address_not_allowed") metrics.signatureFailures.inc({ ...labels, reason: "address" });
  const line = { code: refusal.code, status: refusal.responseCode, ...labels, protocol };
  if (refusal.code !== "recipient_ambiguous") return log.info(line, "recipient refused");
  metrics.alerts.inc({ code: "recipient_ambiguous" });
  log.error(line, "two tenants claim a recipient alike: its mail waits at the sender until their files are repaired");
}
