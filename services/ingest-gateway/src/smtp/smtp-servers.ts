import { buildNetworks } from "@inlet/config";
import type { Environment, Tenants } from "@inlet/config";
import { createAcknowledgements } from "../publish/acknowledgements.ts";
import type { BodyBudget } from "../body/body-budget.ts";
import { makeDurable } from "../publish/publish-raw-event.ts";
import { createPublisher } from "../steps/publish.ts";
import type { PublisherDeps } from "../steps/publish.ts";
import type { CertificateFiles } from "../tls/certificate.ts";
import type { MailProtocol } from "./client-facts.ts";
import { MAIL_LIMITS } from "./limits.ts";
import type { MailLimits } from "./limits.ts";
import { createMailListener } from "./listener.ts";
import type { MailListener } from "./listener.ts";
import type { MailLog } from "./observe-mail.ts";
import { createTenantRate } from "./tenant-rate.ts";

export interface SmtpServersDeps extends PublisherDeps {
  readonly tenants: Tenants;
  readonly log: MailLog;
  readonly bodyBudget: BodyBudget;
  readonly certificate: CertificateFiles | null;
  readonly trustedProxies: readonly string[];
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Longest that a sender waits for the answer once its message is here, ms. Default 10 000, the producer's own; mail servers wait for minutes. */
  readonly deadlineMs?: number;
  readonly limits?: Partial<MailLimits>;
}

/** The listeners for mail: one for each port that is configured. */
export interface SmtpServers {
  /** By protocol, the port listened on. */
  readonly ports: Readonly<Partial<Record<MailProtocol, number>>>;
  close(): Promise<void>;
}

/** Opens every port of `settings`; rejects, with all of them closed again, when one cannot be listened on. */
export async function openSmtpServers(deps: SmtpServersDeps, settings: Environment["smtp"]): Promise<SmtpServers> {
  const now = deps.now ?? Date.now;
  const shared = {
    tenants: deps.tenants,
    durable: makeDurable({
      acknowledgements: createAcknowledgements(),
      publish: createPublisher(deps),
      deadlineMs: deps.deadlineMs ?? 10_000,
    }),
    budget: deps.bodyBudget,
    takeOfRate: createTenantRate(now),
    trusted: buildNetworks(deps.trustedProxies),
    certificate: deps.certificate,
    name: settings.name,
    limits: { ...MAIL_LIMITS, ...deps.limits },
    log: deps.log,
    now,
  };
  const wanted: [MailProtocol, number | null][] = [
    ["smtp", settings.port],
    ["smtps", settings.tlsPort],
    ["lmtp", settings.lmtpPort],
  ];
  const listeners: MailListener[] = [];
  const close = async (): Promise<void> => void (await Promise.all(listeners.map(async (each) => each.close())));
  const ports: Partial<Record<MailProtocol, number>> = {};
  try {
    for (const [protocol, port] of wanted) {
      if (port === null) continue;
      const listener = createMailListener(protocol, shared);
      ports[protocol] = await listener.listen(settings.host, port);
      listeners.push(listener);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ports, close };
}
