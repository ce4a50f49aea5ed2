import type { Tenants } from "@inlet/config";
import { buildRecipients } from "@inlet/mailboxes";
import type { Connection } from "@inlet/schemas";
import { MailRefusal } from "./replies.ts";
import type { Destination } from "./replies.ts";
import type { TakeOfRate } from "./tenant-rate.ts";

/** What has been agreed on in one mail transaction so far. */
export interface Transaction {
  /** By recipient, lower-case. */
  readonly destinations: Map<string, Destination>;
  /** SIZE of MAIL FROM, octets; null when it was not told. */
  readonly declaredBytes: number | null;
  readonly connection: Connection;
}

export interface AdmitDeps {
  readonly tenants: Tenants;
  readonly takeOfRate: TakeOfRate;
  /** Whether each recipient gets an answer of its own after the message: LMTP's do. */
  readonly answersPerRecipient: boolean;
}

/** Decides on one RCPT TO. Throws {@link MailRefusal}; nothing of a refused recipient is kept. */
export function admitRecipient(deps: AdmitDeps, address: string, transaction: Transaction): Destination {
  const destination = findDestination(deps.tenants, address);
  const { tenant, source } = destination;
  const { clientAddress, relay } = transaction.connection;
  if (source.allowFrom !== null && !source.allowFrom.has(clientAddress ?? relay ?? "")) {
    throw new MailRefusal("address_not_allowed", { destination });
  }
  if ((transaction.declaredBytes ?? 0) > source.maxBodyBytes)
    throw new MailRefusal("message_too_large", { destination });
  const others = [...transaction.destinations.values()];
  // One answer for all: what is too large for one mailbox only would be refused for the other as well.
  if (!deps.answersPerRecipient && others.some((other) => other.source.maxBodyBytes !== source.maxBodyBytes)) {
    throw new MailRefusal("send_separately", { destination });
  }
  if (!others.some((other) => other.tenant.id === tenant.id) && !deps.takeOfRate(tenant)) {
    throw new MailRefusal("rate_limited", { destination });
  }
  transaction.destinations.set(address.toLowerCase(), destination);
  return destination;
}

/** The tenant whose mailbox it is, or which wants mail to unknown addresses of its domain quarantined (the parser does so). */
function findDestination(tenants: Tenants, address: string): Destination {
  const found = buildRecipients(tenants.all()).find(address);
  if (found.kind === "ambiguous") throw new MailRefusal("recipient_ambiguous");
  const { tenant } = found;
  const taken = tenant !== null && (found.kind === "mailbox" || tenant.unknownRecipients.smtp === "quarantine");
  const source = taken ? [...tenant.sources.values()].find(({ kind }) => kind === "smtp") : undefined;
  // It may be a mailbox of the tenant whose file cannot be read now: a 550 would bounce its mail.
  if (!taken && tenants.faults().length > 0) throw new MailRefusal("recipient_undecided");
  if (!taken || source === undefined) throw new MailRefusal("recipient_unknown");
  return { tenant, source };
}
