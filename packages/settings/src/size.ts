import { z } from "zod";

const SIZE_BYTES = { B: 1, KiB: 1024, MiB: 1024 * 1024 } as const;

/** `32MiB`: a whole number with a unit. Bytes when read. */
export const size = z
  .string()
  .regex(/^[1-9]\d{0,8}(B|KiB|MiB)$/, "is not a size")
  .meta({ description: "a whole number and B, KiB or MiB, such as 32MiB" });

/** Bytes of a size that the schema has let through. */
export function bytes(text: string): number {
  const unit = /[A-Za-z]+$/.exec(text)?.[0] as keyof typeof SIZE_BYTES;
  return Number.parseInt(text, 10) * SIZE_BYTES[unit];
}
