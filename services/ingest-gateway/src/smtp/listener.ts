import { hostname } from "node:os";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Networks, Tenants } from "@inlet/config";
import { errorForLog, hideMessages, metrics } from "@inlet/telemetry";
import { SMTPServer } from "smtp-server";
import type { SMTPServerEnvelope, SMTPServerSession } from "smtp-server";
import type { BodyBudget } from "../body/body-budget.ts";
import type { MakeDurable } from "../publish/publish-raw-event.ts";
import { LEAST_TLS } from "../tls/certificate.ts";
import type { CertificateFiles } from "../tls/certificate.ts";
import { acceptMessage } from "./accept-message.ts";
import { admitRecipient } from "./admit-recipient.ts";
import type { Transaction } from "./admit-recipient.ts";
import { clientFacts, buildConnection } from "./client-facts.ts";
import type { ClientFacts, MailProtocol } from "./client-facts.ts";
import { createCommandCount } from "./command-count.ts";
import { replyTo } from "./data-reply.ts";
import type { DataReply } from "./data-reply.ts";
import type { MailLimits } from "./limits.ts";
import { observeRefusedRecipient } from "./observe-mail.ts";
import type { MailLog } from "./observe-mail.ts";
import { receiveMessage } from "./receive-message.ts";
import { MailRefusal, REPLIES } from "./replies.ts";
import type { ReplyCode } from "./replies.ts";
import type { TakeOfRate } from "./tenant-rate.ts";

export interface ListenerDeps {
  readonly tenants: Tenants;
  readonly durable: MakeDurable;
  readonly budget: BodyBudget;
  readonly takeOfRate: TakeOfRate;
  readonly trusted: Networks;
  readonly certificate: CertificateFiles | null;
  /** Host name of the greeting; null for the machine's. */
  readonly name: string | null;
  readonly limits: MailLimits;
  readonly log: MailLog;
  readonly now: () => number;
}

export interface MailListener {
  /** Resolves with the port once it takes connections; port 0 takes a free one. */
  listen(host: string, port: number): Promise<number>;
  /** No new connections; idle ones end at once, messages under way are taken to their answer. */
  close(): Promise<void>;
}

/** smtp-server has commands that mean nothing here: no one logs in, and no one is told who exists. */
const NO_COMMANDS = ["AUTH", "WIZ", "SHELL", "KILL"];

/** One port for mail. What the conversation decides is in the files beside this one; smtp-server speaks it. */
export function createMailListener(protocol: MailProtocol, deps: ListenerDeps): MailListener {
  const { limits, log, certificate } = deps;
  const clients = new WeakMap<SMTPServerSession, ClientFacts>();
  /** smtp-server makes a new envelope for each transaction: what was agreed on goes with it. */
  const transactions = new WeakMap<SMTPServerEnvelope, Transaction>();
  const connectionsByPeer = new Map<string, number>();
  const receiving = new Set<string>();
  const deadlines = new Map<string, NodeJS.Timeout>();
  const lmtp = protocol === "lmtp";
  const pair = certificate?.current();
  const disabledCommands = pair === undefined ? [...NO_COMMANDS, "STARTTLS"] : NO_COMMANDS;
  let closing = false;

  const commands = createCommandCount(limits.commands, (id) => end(id, "too_many_commands"));
  const server = new SMTPServer({
    lmtp,
    secure: protocol === "smtps",
    name: deps.name ?? hostname(),
    heloResponse: "%s",
    size: limits.messageBytes,
    maxClients: limits.connections,
    maxRecipients: limits.recipients,
    maxCommandLength: limits.commandBytes,
    socketTimeout: limits.idleMs,
    closeTimeout: limits.drainMs,
    // Its log lines hold addresses; ours are written where something is decided.
    logger: commands.logger,
    // No DNS in the conversation: who may send is told by networks, and the parser verifies the sender.
    disableReverseLookup: true,
    authMethods: [],
    authOptional: true,
    disabledCommands,
    // From whom they are taken is decided when it connects.
    useXClient: true,
    useXForward: true,
    minVersion: LEAST_TLS,
    ...(pair === undefined ? {} : { key: pair.key, cert: pair.cert }),
    onConnect: (session, callback) => callback(connect(session)),
    onSecure(socket, session, callback) {
      const facts = clients.get(session);
      if (facts !== undefined) facts.tls = (socket as TLSSocket).getProtocol();
      callback();
    },
    onRcptTo: ({ address }, session, callback) => callback(admit(session, address)),
    onData: (stream, session, callback) => void answer(stream, session, callback),
    onClose: disconnect,
  });
  // Without a listener a client's broken socket would end the process.
  server.on("error", (error: NodeJS.ErrnoException) =>
    log.info({ code: "mail_connection_failed", protocol, reason: error.code ?? error.name }, "a mail connection broke"),
  );
  certificate?.onChange(({ key, cert }) => server.updateSecureContext({ key, cert }));

  function end(id: string, code: ReplyCode): void {
    for (const connection of server.connections) {
      if (connection.id === id) connection.send(REPLIES[code].status, REPLIES[code].text, false);
    }
  }

  function hangUp(id: string): void {
    for (const connection of server.connections) if (connection.id === id) connection.close();
  }

  function connect(session: SMTPServerSession): MailRefusal | null {
    const facts = clientFacts(session, protocol, deps.trusted);
    clients.set(session, facts);
    if (!facts.relay) session.disabledCommands = [...disabledCommands, "XCLIENT", "XFORWARD"];
    const open = (connectionsByPeer.get(facts.peer) ?? 0) + 1;
    connectionsByPeer.set(facts.peer, open);
    const deadline = setTimeout(() => end(session.id, "session_too_long"), limits.sessionMs);
    deadlines.set(session.id, deadline.unref());
    return open > limits.connectionsOfAddress && !facts.relay ? new MailRefusal("too_many_connections") : null;
  }

  function disconnect(session: SMTPServerSession): void {
    commands.end(session.id);
    clearTimeout(deadlines.get(session.id));
    deadlines.delete(session.id);
    const peer = clients.get(session)?.peer;
    if (peer === undefined) return;
    const left = (connectionsByPeer.get(peer) ?? 1) - 1;
    if (left > 0) connectionsByPeer.set(peer, left);
    else connectionsByPeer.delete(peer);
  }

  function admit(session: SMTPServerSession, address: string): MailRefusal | null {
    const facts = clients.get(session) as ClientFacts;
    const transaction = transactions.get(session.envelope) ?? openTransaction(session, facts);
    try {
      admitRecipient({ ...deps, answersPerRecipient: lmtp }, address, transaction);
      return null;
    } catch (error) {
      const refusal = error instanceof MailRefusal ? error : new MailRefusal("internal_error", { cause: error });
      observeRefusedRecipient(log, refusal, protocol);
      facts.refusedRecipients += 1;
      return facts.refusedRecipients > limits.refusedRecipients && !facts.relay
        ? new MailRefusal("too_many_refusals")
        : refusal;
    }
  }

  function openTransaction(session: SMTPServerSession, facts: ClientFacts): Transaction {
    const { mailFrom } = session.envelope;
    const size = mailFrom !== false && mailFrom.args !== false ? Number(mailFrom.args["SIZE"]) : Number.NaN;
    const transaction = {
      destinations: new Map(),
      declaredBytes: Number.isFinite(size) ? size : null,
      connection: buildConnection(session, protocol, facts),
    };
    transactions.set(session.envelope, transaction);
    return transaction;
  }

  async function answer(...[stream, session, callback]: Parameters<SMTPServer["onData"]>): Promise<void> {
    receiving.add(session.id);
    const facts = clients.get(session);
    try {
      const reply = await take(stream, session);
      if (reply !== null) callback(reply[0], reply[1]);
    } catch (error) {
      metrics.alerts.inc({ code: "unexpected_error" });
      const err = hideMessages(errorForLog(error));
      log.error({ code: "unexpected_error", err, protocol }, "unexpected error while taking a message");
      callback(new MailRefusal("internal_error"));
    }
    receiving.delete(session.id);
    commands.begin(session.id);
    if (facts?.hangUp === true) setImmediate(() => hangUp(session.id));
    if (closing) setImmediate(() => end(session.id, "shutting_down"));
  }

  /** Null when no one waits for a reply any more. */
  async function take(
    stream: Parameters<SMTPServer["onData"]>[0],
    session: SMTPServerSession,
  ): Promise<DataReply | null> {
    const { envelope } = session;
    const transaction = transactions.get(envelope) as Transaction;
    const [receivedAt, startedAt] = [deps.now(), performance.now()];
    const deadline = setTimeout(() => end(session.id, "too_slow"), limits.messageMs);
    const destinations = [...transaction.destinations.values()];
    const most = Math.max(...destinations.map(({ source }) => source.maxBodyBytes));
    const { received, release } = await receiveMessage(stream, most, deps.budget, destinations[0]?.tenant.id ?? "");
    clearTimeout(deadline);
    try {
      if (received.kind === "abandoned") return null;
      if (received.kind === "too_many_pieces" || received.kind === "header_too_large")
        (clients.get(session) as ClientFacts).hangUp = true;
      const ends = await acceptMessage(deps.durable, log, {
        received,
        transaction,
        from: envelope.mailFrom === false || envelope.mailFrom.address === "" ? null : envelope.mailFrom.address,
        recipients: envelope.rcptTo.map(({ address }) => address),
        receivedAt,
        startedAt,
      });
      return replyTo(ends, lmtp);
    } finally {
      release();
    }
  }

  return {
    listen: async (host, port) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
          server.off("error", reject);
          resolve((server.server.address() as AddressInfo).port);
        });
      }),
    close: async () =>
      new Promise((resolve) => {
        closing = true;
        server.close(() => resolve());
        for (const { id } of server.connections) if (!receiving.has(id)) end(id, "shutting_down");
      }),
  };
}
