import { createHash } from "node:crypto";

/**
 * The name of one effect towards a CRM: the same in every try, after a crash and in every instance, and different for every other effect.
 * A UUID of version 8 (RFC 9562 5.8), since some APIs take nothing else as an idempotency key.
 */
export function effectId(tenant: string, effect: string, key: string): string {
  const bytes = createHash("sha256").update([tenant, effect, key].join("\0")).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
