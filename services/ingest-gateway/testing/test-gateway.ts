import { createMemoryBlobStore } from "@inlet/blob-store";
import type { MemoryBlobStore } from "@inlet/blob-store";
import { readTenant } from "@inlet/config";
import type { TenantConfig, Tenants } from "@inlet/config";
import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import type { Codec, LocalSchemaIds } from "@inlet/event-codec";
import type { NewRecord, Producer } from "@inlet/kafka";
import type { RawEvent } from "@inlet/schemas";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import { createGateway } from "../src/gateway.ts";
import type { GatewayDeps } from "../src/gateway-deps.ts";
import { signedHeaders } from "./sign.ts";

export const SECRET = "open-sesame-newest-0001";
export const OLD_SECRET = "open-sesame-older-00001";
export const WHSEC = `whsec_${Buffer.from("open-sesame-standard-webhooks-01").toString("base64")}`;
export const NOW = Date.UTC(2026, 0, 1);

/** As a provider's URL has them. */
export const PAIR = "provider:open-sesame-password-01";

const env = { SECRET, OLD_SECRET, WHSEC, PAIR, TOKEN: "crm-token" };

const sourcesOfAcme = `
sources:
  json: { kind: signed-json, secrets: ["env:SECRET", "env:OLD_SECRET"], maxBodySize: 2MiB }
  webhooks: { kind: standard-webhooks, secrets: ["env:WHSEC"] }
  mime: { kind: raw-mime, secrets: ["env:SECRET"] }
`;
const tenantFile = `
name: Acme
mailboxes: { sales: { addresses: [sales@acme.example] } }
crm: { kind: hubspot, token: "env:TOKEN" }
`;

/** A producer whose broker can go away; it holds what it acknowledged. */
export interface FakeProducer extends Producer {
  readonly sent: NewRecord[];
  /** Called for each send before it is acknowledged: reject to fail it, hold it to delay. */
  gate: () => Promise<void>;
}

function fakeProducer(): FakeProducer {
  const sent: NewRecord[] = [];
  const producer: FakeProducer = {
    sent,
    gate: () => Promise.resolve(),
    async send(record) {
      await producer.gate();
      sent.push(record);
      return { topic: record.topic, partition: 0, offset: BigInt(sent.length - 1) };
    },
    close: () => Promise.resolve(),
  };
  return producer;
}

export interface TestGateway {
  readonly app: FastifyInstance;
  readonly producer: FakeProducer;
  readonly blobs: MemoryBlobStore;
  readonly registry: LocalSchemaIds;
  readonly codec: Codec;
  /** Log lines as written, JSON. */
  readonly logs: string[];
  /** What is on the topic, decoded. */
  events(): Promise<RawEvent[]>;
  /** POSTs a JSON body to source `json`, signed as it should be; the options override. */
  postJson(body: unknown, options?: InjectOptions): Promise<LightMyRequestResponse>;
}

export async function startTestGateway(
  overrides: Partial<GatewayDeps> = {},
  extraTenantYaml = "",
  sources = sourcesOfAcme,
): Promise<TestGateway> {
  const producer = fakeProducer();
  const blobs = createMemoryBlobStore();
  const registry = createLocalSchemaIds();
  const codec = createCodec({ registry });
  const logs: string[] = [];
  const app = await createGateway({
    tenants: buildTenants(buildTenant("acme", tenantFile + sources + extraTenantYaml)),
    telemetry: {
      log: pino({ level: "info" }, { write: (line) => void logs.push(line) }),
    },
    producer,
    blobs,
    codec,
    now: () => NOW,
    ...overrides,
  });
  return {
    app,
    producer,
    blobs,
    registry,
    codec,
    logs,
    events: () => Promise.all(producer.sent.map(({ value }) => codec.decode("RawEvent", value))),
    postJson(body, options = {}) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const { headers, ...rest } = options;
      return app.inject({
        method: "POST",
        url: "/v1/inbound/acme/json",
        payload: text,
        headers: { "content-type": "application/json", ...signedHeaders(SECRET, text, NOW), ...headers },
        ...rest,
      });
    },
  };
}

export function buildTenant(id: string, yaml: string): TenantConfig {
  const { tenant, faults } = readTenant(id, yaml, { where: `${id}.yaml`, env, baseDir: "." });
  if (tenant === null) throw new Error(JSON.stringify(faults));
  return tenant;
}

export function buildTenants(...tenants: TenantConfig[]): Tenants {
  const byId = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  return {
    get: (id) => byId.get(id),
    isBroken: () => false,
    all: () => tenants,
    faults: () => [],
    close: () => Promise.resolve(),
  };
}
