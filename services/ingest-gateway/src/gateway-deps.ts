import type { Tenants } from "@inlet/config";
import type { SourceKind } from "@inlet/sources";
import type { Telemetry } from "@inlet/telemetry";
import type { BodyBudget } from "./body/body-budget.ts";
import type { PublisherDeps } from "./steps/publish.ts";
import type { SnsService } from "./sns-service.ts";
import type { CertificateFiles } from "./tls/certificate.ts";

export interface GatewayDeps extends PublisherDeps {
  readonly tenants: Tenants;
  readonly telemetry: Pick<Telemetry, "log">;
  /** Kinds of source other than Inlet's own. */
  readonly sourceKinds?: readonly SourceKind[];
  /** URL_SIGNING_KEYS; without one no links are served. */
  readonly linkKeys?: readonly string[];
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Longest that a sender waits for the answer once its body is here, ms. Default 8 000: most give up after 10 to 30 s. */
  readonly deadlineMs?: number;
  /** Bytes that the process may use. Default its container's limit, else the machine's. */
  readonly memoryBytes?: number;
  /** What bodies may take up in memory; shared with the other endpoints. Default a quarter of the process's. */
  readonly bodyBudget?: BodyBudget;
  /** HTTPS with this certificate, taken over anew when it changes. Default HTTP. */
  readonly certificate?: CertificateFiles | null;
  /** Addresses and networks whose X-Forwarded-For is trusted. Default none. */
  readonly trustedProxies?: readonly string[];
  /** Amazon SNS, for its certificates and confirmations. Default the real one. */
  readonly sns?: SnsService;
  /** How long a client may take, ms. Default a minute for the whole request, 10 s of it for the headers; looked at every 5 s. */
  readonly patience?: { readonly requestMs: number; readonly headersMs: number; readonly checkMs: number };
}
