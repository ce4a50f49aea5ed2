import type { Networks } from "@inlet/config";
import type { Connection } from "@inlet/schemas";
import type { SMTPServerSession } from "smtp-server";

export type MailProtocol = "smtp" | "smtps" | "lmtp";

/** What is known of a connected client beside what smtp-server tells. */
export interface ClientFacts {
  /** The address that is connected, whatever it says by XCLIENT. */
  readonly peer: string;
  /** Whether it is a relay of our own: it is trusted when it names its client. */
  readonly relay: boolean;
  /** `TLSv1.3`; null without. */
  tls: string | null;
  refusedRecipients: number;
  /** Whether the connection is to end after the reply under way. */
  hangUp: boolean;
}

export function clientFacts(session: SMTPServerSession, protocol: MailProtocol, trusted: Networks): ClientFacts {
  const peer = session.remoteAddress;
  // Only a mail server of our own speaks LMTP to us (RFC 2033 5: never over the internet).
  return { peer, relay: protocol === "lmtp" || trusted.has(peer), tls: null, refusedRecipients: 0, hangUp: false };
}

/** Whose mail it is, as kept with the event. Of a relay's client only what the relay told (XCLIENT, XFORWARD): its own greeting says nothing of it. */
export function buildConnection(session: SMTPServerSession, protocol: MailProtocol, facts: ClientFacts): Connection {
  const told = text(session.xClient.get("ADDR")) ?? text(session.xForward.get("ADDR"));
  const toldHelo = text(session.xClient.get("HELO")) ?? text(session.xForward.get("HELO"));
  const greeted = text(session.hostNameAppearsAs);
  return {
    protocol: protocol === "lmtp" ? "lmtp" : "smtp",
    clientAddress: facts.relay ? told : facts.peer,
    helo: facts.relay ? toldHelo : greeted,
    tls: facts.tls,
    relay: facts.relay ? facts.peer : null,
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
