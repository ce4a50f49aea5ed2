import { createMemoryBlobStore } from "@inlet/blob-store";
import type { TenantConfig } from "@inlet/config";
import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import type { InMemoryKafka } from "@inlet/kafka/testing";
import { topicIn } from "@inlet/schemas";
import type { RawEvent } from "@inlet/schemas";
import { pino } from "pino";
import { createBodyBudget } from "../src/body/body-budget.ts";
import { openSmtpServers } from "../src/smtp/smtp-servers.ts";
import type { SmtpServers, SmtpServersDeps } from "../src/smtp/smtp-servers.ts";
import { NOW, buildTenant, buildTenants } from "./test-gateway.ts";

export const ACME = `
name: Acme
sources:
  post: { kind: smtp, maxBodySize: 1MiB }
mailboxes: { sales: { addresses: [sales@acme.example] }, intern: { addresses: [info@xn--bcher-kva.example] } }
crm: { kind: hubspot, token: "env:TOKEN" }
`;
export const GLOBEX = `
name: Globex
isolation: dedicated
sources:
  mail: { kind: smtp, maxBodySize: 1MiB }
mailboxes: { all: { addresses: [hello@globex.example] } }
unknownRecipients: { smtp: quarantine }
crm: { kind: hubspot, token: "env:TOKEN" }
`;
/** Takes no mail by SMTP. */
const INITECH = `
name: Initech
sources: {}
mailboxes: { all: { addresses: [hello@initech.example] } }
crm: { kind: hubspot, token: "env:TOKEN" }
`;

export interface TestMail {
  readonly servers: SmtpServers;
  readonly kafka: InMemoryKafka;
  /** Log lines as written, JSON, without the redaction that the service adds. */
  readonly logs: string[];
  /** What is on the topics of acme and globex, decoded. */
  events(): Promise<RawEvent[]>;
  port(protocol: keyof SmtpServers["ports"]): number;
}

export interface TestMailOptions extends Partial<Omit<SmtpServersDeps, "tenants">> {
  readonly tenants?: readonly TenantConfig[];
}

/** SMTP servers on free ports of the loopback interface, with an in-memory Kafka behind it. */
export async function startTestMail({ tenants, ...overrides }: TestMailOptions = {}): Promise<TestMail> {
  const kafka = createInMemoryKafka({ sendTimeoutMs: 2000 });
  await (await kafka.admin()).applyTopics(["shared", "globex"]);
  const codec = createCodec({ registry: createLocalSchemaIds() });
  const logs: string[] = [];
  const servers = await openSmtpServers(
    {
      tenants: buildTenants(
        ...(tenants ?? [buildTenant("acme", ACME), buildTenant("globex", GLOBEX), buildTenant("initech", INITECH)]),
      ),
      log: pino({ level: "debug" }, { write: (line) => void logs.push(line) }),
      bodyBudget: createBodyBudget(),
      certificate: null,
      trustedProxies: [],
      producer: await kafka.producer(),
      blobs: createMemoryBlobStore(),
      codec,
      now: () => NOW,
      ...overrides,
    },
    {
      host: "127.0.0.1",
      port: 0,
      tlsPort: (overrides.certificate ?? null) === null ? null : 0,
      lmtpPort: 0,
      name: "mx.inlet.example",
    },
  );
  return {
    servers,
    kafka,
    logs,
    events: async () =>
      Promise.all(
        ["shared", "globex"]
          .flatMap((lane) => kafka.records(topicIn("rawEvents", lane)))
          .map(async ({ value }) => codec.decode("RawEvent", value ?? Buffer.alloc(0))),
      ),
    port: (protocol) => servers.ports[protocol] ?? 0,
  };
}
