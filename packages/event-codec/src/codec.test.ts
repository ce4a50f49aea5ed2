import { describe, expect, it, vi } from "vitest";
import { newestVersion } from "@inlet/schemas";
import type { OutboundMessage, RawEvent } from "@inlet/schemas";
import { createCodec } from "./codec.ts";
import { RegistryUnavailableError, UndecodableRecordError, UnencodableValueError } from "./errors.ts";
import { createLocalSchemaIds } from "./local-schema-ids.ts";
import { buildSchemaHeader } from "./record-headers.ts";
import { readSchemaId } from "./wire-format.ts";

const raw: RawEvent = {
  eventId: "evt_1",
  tenantId: "demo",
  lane: "shared",
  receivedAt: 1_764_000_000_123,
  source: { name: "signed-json", kind: "signed-json", deliveryId: "d-1", eventId: null, receivedAt: null },
  envelope: { from: null, to: ["sales@example.com"] },
  connection: null,
  contentType: "application/json",
  body: Buffer.from([0, 255, 10, 13]),
};
const outbound: OutboundMessage = {
  tenantId: "demo",
  messageId: "m1@example.com",
  contactEmail: null,
  dealId: "12345",
  campaign: "résumé 📧 日本",
  sentAt: 1,
  receivedAt: 2,
};

function codecWithRegistry() {
  const registry = createLocalSchemaIds();
  return { registry, codec: createCodec({ registry }) };
}

describe("codec", () => {
  it("writes byte 0 and the id of the newest version, and reads it back", async () => {
    const { codec, registry } = codecWithRegistry();
    const bytes = await codec.encode("RawEvent", raw);
    expect(bytes[0]).toBe(0);
    expect(readSchemaId(bytes)).toBe(await registry.getId("RawEvent", newestVersion("RawEvent").version));
    expect(await codec.decode("RawEvent", bytes)).toEqual(raw);
  });

  it("keeps both arms of a union apart without wrapping", async () => {
    const { codec } = codecWithRegistry();
    const body = { key: "demo/2026-11-23/aa", size: 3, sha256: "aa" };
    const decoded = await codec.decode("RawEvent", await codec.encode("RawEvent", { ...raw, body, envelope: null }));
    expect(decoded).toEqual({ ...raw, body, envelope: null });
  });

  it("keeps text of every script, and makes lone surrogates U+FFFD", async () => {
    const { codec } = codecWithRegistry();
    const cut = { ...outbound, campaign: `${outbound.campaign} \ud83d.` };
    const decoded = await codec.decode("OutboundMessage", await codec.encode("OutboundMessage", cut));
    expect(decoded.campaign).toBe("résumé 📧 日本 \ufffd.");
    expect(cut.campaign).toContain("\ud83d.");
  });

  it("encodes records larger than its working buffer, and concurrent ones apart", async () => {
    const { codec } = codecWithRegistry();
    const bodies = [1, 70_000, 2_000_000, 3].map((size, index) => Buffer.alloc(size, index + 1));
    const encoded = await Promise.all(bodies.map((body) => codec.encode("RawEvent", { ...raw, body })));
    for (const [index, bytes] of encoded.entries()) {
      expect((await codec.decode("RawEvent", bytes)).body).toEqual(bodies[index]);
    }
  });

  it("names the field that the schema does not allow, and not its content", async () => {
    const { codec } = codecWithRegistry();
    const wrong = {
      ...raw,
      receivedAt: 1.5,
      source: { ...raw.source, name: { secret: "Dear Ann" } as unknown as string },
    };
    const failure = await codec.encode("RawEvent", wrong).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnencodableValueError);
    expect((failure as Error).message).toContain("receivedAt is a number that is not whole, not long");
    expect((failure as Error).message).toContain("source.name is object, not string");
    expect(JSON.stringify([(failure as Error).message, (failure as Error).cause])).not.toContain("Ann");
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["another first byte", Buffer.from("{}....")],
    ["only the prefix", Buffer.from([0, 0, 0, 0, 1])],
  ])("calls %s undecodable", async (_, bytes) => {
    const { codec } = codecWithRegistry();
    await expect(codec.decode("RawEvent", bytes, buildSchemaHeader("RawEvent"))).rejects.toThrow(
      UndecodableRecordError,
    );
  });

  it("calls every truncation, and what is left over, undecodable", async () => {
    const { codec } = codecWithRegistry();
    const bytes = await codec.encode("OutboundMessage", outbound);
    for (let length = 0; length < bytes.length; length++) {
      await expect(codec.decode("OutboundMessage", bytes.subarray(0, length))).rejects.toThrow(UndecodableRecordError);
    }
    await expect(codec.decode("OutboundMessage", Buffer.concat([bytes, Buffer.from([0])]))).rejects.toThrow(
      "1 bytes are left",
    );
  });
});

describe("which schema a record was written with", () => {
  const foreignId = (bytes: Buffer, id: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32BE(id, 1);
    return copy;
  };

  it("is said by the header where the registry does not know the id, or knows it as something else", async () => {
    const { codec, registry } = codecWithRegistry();
    const bytes = await codec.encode("RawEvent", raw);
    const outcomeId = await registry.getId("Outcome", 1);
    for (const id of [4_000_000_000, outcomeId]) {
      expect(await codec.decode("RawEvent", foreignId(bytes, id), buildSchemaHeader("RawEvent"))).toEqual(raw);
      await expect(codec.decode("RawEvent", foreignId(bytes, id))).rejects.toThrow(UndecodableRecordError);
      await expect(codec.decode("RawEvent", foreignId(bytes, id), "Outcome/1")).rejects.toThrow(UndecodableRecordError);
      await expect(codec.decode("RawEvent", foreignId(bytes, id), "RawEvent/99")).rejects.toThrow(
        UndecodableRecordError,
      );
    }
  });

  it("is said by the registry for a version newer than this program", async () => {
    const { codec, registry } = codecWithRegistry();
    const { schema } = newestVersion("OutboundMessage");
    const fields = [...(schema["fields"] as unknown[]), { name: "channel", type: "string", default: "email" }];
    const id = registry.add({ ...schema, fields });
    const channel = Buffer.from([4, 0x61, 0x62]); // zigzag length 2, "ab"
    const newer = Buffer.concat([foreignId(await codec.encode("OutboundMessage", outbound), id), channel]);
    expect(await codec.decode("OutboundMessage", newer, "OutboundMessage/2")).toEqual(outbound);
    expect(await codec.decode("OutboundMessage", newer)).toEqual(outbound);
  });

  it("is asked once per id, and once a minute for an unknown one", async () => {
    let time = 0;
    const registry = createLocalSchemaIds();
    const asked = vi.spyOn(registry, "getSchema");
    const codec = createCodec({ registry, now: () => time });
    const bytes = await codec.encode("RawEvent", raw);
    for (let i = 0; i < 5; i++) await codec.decode("RawEvent", bytes);
    expect(asked).toHaveBeenCalledTimes(1);
    const unknown = foreignId(bytes, 999);
    for (let i = 0; i < 5; i++) await expect(codec.decode("RawEvent", unknown)).rejects.toThrow(UndecodableRecordError);
    expect(asked).toHaveBeenCalledTimes(2);
    time = 60_001;
    await expect(codec.decode("RawEvent", unknown)).rejects.toThrow(UndecodableRecordError);
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it("is the newest version in the header that producers write", () => {
    expect(buildSchemaHeader("RawEvent")).toBe(`RawEvent/${newestVersion("RawEvent").version}`);
  });
});

describe("a registry that is away", () => {
  it("fails as infrastructure, and works again once it is back", async () => {
    const { codec, registry } = codecWithRegistry();
    const bytes = await createCodec({ registry }).encode("RawEvent", raw);
    registry.setUnavailable(true);
    await expect(codec.encode("RawEvent", raw)).rejects.toThrow(RegistryUnavailableError);
    await expect(codec.prepare(["RawEvent"])).rejects.toThrow(RegistryUnavailableError);
    await expect(codec.decode("RawEvent", bytes)).rejects.toThrow(RegistryUnavailableError);
    registry.setUnavailable(false);
    await codec.prepare(["RawEvent", "Outcome"]);
    expect(await codec.decode("RawEvent", await codec.encode("RawEvent", raw))).toEqual(raw);
  });

  it("is not needed after prepare, nor by records with our header", async () => {
    const { codec, registry } = codecWithRegistry();
    await codec.prepare(["RawEvent"]);
    registry.setUnavailable(true);
    expect(await codec.decode("RawEvent", await codec.encode("RawEvent", raw), buildSchemaHeader("RawEvent"))).toEqual(
      raw,
    );
  });
});
