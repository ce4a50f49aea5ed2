import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  IncompatibleSchemaError,
  RegistryUnavailableError,
  UndecodableRecordError,
  checkSchemas,
  createCodec,
  createRegistry,
  registerSchemas,
  readSchemaId,
  getSubject,
} from "@inlet/event-codec";
import { VERSIONS, newestVersion, getVersions } from "@inlet/schemas";
import type { OutboundMessage, RecordName } from "@inlet/schemas";
import { startRegistryProxy } from "./registry-proxy.ts";
import type { RegistryProxy } from "./registry-proxy.ts";

let proxy: RegistryProxy;
beforeEach(async () => {
  const registryUrl = process.env["SCHEMA_REGISTRY_URL"] as string;
  proxy = await startRegistryProxy(registryUrl, `t${randomBytes(6).toString("hex")}-`);
});
afterEach(async () => {
  await proxy.close();
});

const message: OutboundMessage = {
  tenantId: "demo",
  messageId: "m1@example.com",
  contactEmail: null,
  dealId: null,
  campaign: null,
  sentAt: 1,
  receivedAt: 2,
};
const options = () => ({ url: proxy.url, auth: null });
const freshCodec = () => createCodec({ registry: createRegistry(options()) });
const subject = getSubject("OutboundMessage");
const released = (Object.keys(VERSIONS) as RecordName[]).flatMap(getVersions);

function post(path: string, body: unknown, method: "POST" | "PUT" = "POST"): Promise<Response> {
  return fetch(`${proxy.url}${path}`, { method, body: JSON.stringify(body) });
}

/** A field without default: neither reads the other. */
function incompatible(): { schema: string } {
  const { schema } = newestVersion("OutboundMessage");
  const fields = [...(schema["fields"] as unknown[]), { name: "channel", type: "string" }];
  return { schema: JSON.stringify({ ...schema, fields }) };
}

describe("inlet schemas register and check on the real registry", () => {
  it("registers every version once; a second run changes nothing; then check finds nothing", async () => {
    const before = await checkSchemas(options());
    expect(before.filter(({ fault }) => fault === "missing")).toHaveLength(released.length);
    const lines: string[] = [];
    const first = await registerSchemas(options(), (line) => lines.push(line));
    expect(first.map(({ created }) => created)).toEqual(released.map(() => true));
    expect(lines).toHaveLength(released.length);
    expect(await checkSchemas(options())).toEqual([]);
    const second = await registerSchemas(options());
    expect(second).toEqual(first.map((each) => ({ ...each, created: false })));
    const versions = await fetch(`${proxy.url}/subjects/${subject}/versions`);
    expect(await versions.json()).toEqual(getVersions("OutboundMessage").map(({ version }) => version));
  });

  it("leaves a subject on which the registry refuses an incompatible version", async () => {
    await registerSchemas(options());
    const refused = await post(`/subjects/${subject}/versions`, incompatible());
    expect(refused.status).toBe(409);
    expect(await checkSchemas(options())).toEqual([]);
  });

  it("repairs the compatibility level, and check says so before", async () => {
    await registerSchemas(options());
    await post(`/config/${subject}`, { compatibility: "BACKWARD" }, "PUT");
    expect(await checkSchemas(options())).toEqual([
      { subject, fault: "compatibility", expected: "FULL_TRANSITIVE", actual: "BACKWARD", severity: "error" },
    ]);
    await registerSchemas(options());
    expect(await checkSchemas(options())).toEqual([]);
  });

  it("refuses to register beside an incompatible version, and check names it", async () => {
    await post(`/config/${subject}`, { compatibility: "NONE" }, "PUT");
    await post(`/subjects/${subject}/versions`, incompatible());
    await expect(registerSchemas(options())).rejects.toThrow(IncompatibleSchemaError);
    const faults = (await checkSchemas(options())).filter((fault) => fault.subject === subject);
    expect(faults.map(({ fault, severity }) => [fault, severity])).toEqual([
      ["missing", "error"],
      ["foreign", "warning"],
      ["incompatible", "error"],
    ]);
  });
});

describe("the codec on the real registry", () => {
  it("encodes with the registered id and decodes without a second lookup", async () => {
    const registered = await registerSchemas(options());
    const codec = freshCodec();
    const bytes = await codec.encode("OutboundMessage", message);
    expect(readSchemaId(bytes)).toBe(registered.find(({ record }) => record === "OutboundMessage")?.id);
    expect(await codec.decode("OutboundMessage", bytes)).toEqual(message);
    const lookups = proxy.requests.length;
    await codec.encode("OutboundMessage", message);
    expect(await codec.decode("OutboundMessage", bytes)).toEqual(message);
    expect(proxy.requests).toHaveLength(lookups);
  });

  it("asks for an unknown id once and calls the record undecodable, unless its header names a version", async () => {
    await registerSchemas(options());
    const codec = freshCodec();
    const bytes = await codec.encode("OutboundMessage", message);
    bytes.writeUInt32BE(4_000_000, 1);
    const lookups = proxy.requests.length;
    await expect(codec.decode("OutboundMessage", bytes)).rejects.toThrow(UndecodableRecordError);
    await expect(codec.decode("OutboundMessage", bytes)).rejects.toThrow(UndecodableRecordError);
    expect(proxy.requests).toHaveLength(lookups + 1);
    expect(await codec.decode("OutboundMessage", bytes, "OutboundMessage/1")).toEqual(message);
  });

  it("calls schemas that are not registered infrastructure, and says what to run", async () => {
    const encoding = freshCodec().encode("OutboundMessage", message);
    await expect(encoding).rejects.toThrow(RegistryUnavailableError);
    await expect(encoding).rejects.toThrow("inlet schemas register");
  });

  it.each(["refuse", "page", "hang"] as const)("waits out a registry that is away (%s)", async (mode) => {
    await registerSchemas(options());
    const bytes = await freshCodec().encode("OutboundMessage", message);
    const codec = freshCodec();
    await proxy.setMode(mode);
    const failures = await Promise.allSettled([
      codec.encode("OutboundMessage", message),
      codec.decode("OutboundMessage", bytes),
      registerSchemas(options()),
      checkSchemas(options()),
    ]);
    for (const failure of failures) expect(failure).toMatchObject({ reason: { name: "RegistryUnavailableError" } });
    await proxy.setMode("pass");
    expect(await codec.decode("OutboundMessage", await codec.encode("OutboundMessage", message))).toEqual(message);
    expect(await codec.decode("OutboundMessage", bytes)).toEqual(message);
  });
});
