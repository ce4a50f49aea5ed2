import { comparableDomain } from "@inlet/email";
import type { Mailbox, NormalizedEvent } from "@inlet/schemas";
import { metrics } from "@inlet/telemetry";
import type { Delivery, ParserDeps } from "../intake/incoming-delivery.ts";

type Auth = NormalizedEvent["auth"];

/**
 * authserv-ids that are trusted on this email. By SMTP only what a relay of ours handed over has passed a server that removes forged
 * ones; by a webhook the sender is known, and the tenant's file says what he vouches for.
 */
export function getTrustedAuthserv({ event, tenant }: Delivery): readonly string[] {
  const relayed = event.connection === null || event.connection.relay !== null;
  return relayed ? (tenant.sources.get(event.source.name)?.trustedAuthserv ?? []) : [];
}

/**
 * SPF, DKIM and DMARC of an email that came by SMTP or LMTP: as our own mail server told (`told`), else as found out now. Null: not
 * known yet, and the email is to wait by itself, once. Never rejects.
 */
export async function checkSender(
  { verifySender }: Pick<ParserDeps, "verifySender">,
  { event, since }: Delivery,
  bytes: Buffer,
  { auth: told, from }: { readonly auth: Auth; readonly from: Mailbox | null },
): Promise<Auth | null> {
  const { connection } = event;
  if (connection === null || Object.values(told).some((result) => result !== null)) return told;
  const { clientAddress, helo } = connection;
  const job = {
    bytes,
    clientAddress,
    helo,
    from: event.envelope?.from ?? null,
    authorDomain: from === null ? null : comparableDomain(from.email),
  };
  const auth = await verifySender(job, { id: event.eventId, tenant: event.tenantId, last: since !== null });
  if (auth === null) return null;
  for (const check of ["spf", "dkim", "dmarc"] as const) {
    metrics.senderChecks.inc({ check, result: auth[check] ?? "unknown" });
  }
  return auth;
}
