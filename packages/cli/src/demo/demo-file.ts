import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { INLET_ROOT } from "../context.ts";

const sample = z
  .strictObject({
    /** A few words; the row's name. */
    title: z.string(),
    /** Below test/emails: `.eml`, or `.json` for a body that is posted as it is. */
    file: z.string().optional(),
    /** An email that is made when needed. */
    generate: z.literal("pdf-15mb").optional(),
    /** An entry in the demo tenant's file. */
    source: z.string().default("signed-json"),
    /** Send the same delivery a second time, with the same id. */
    repeat: z.literal("delivery").optional(),
    /** Title (or file) of an earlier sample: the same email again, by another delivery. */
    sameEmailAs: z.string().optional(),
    expect: z.strictObject({
      state: z.enum(["written", "suppressed", "dead_lettered"]),
      reason: z.string().nullable().default(null),
      /** The contact's address. */
      contact: z.string().nullable().default(null),
      deal: z.enum(["new", "joined", "tag", "none"]).default("none"),
      files: z.int().nonnegative().default(0),
      /** Tasks that the tenant's rules make. */
      tasks: z.int().nonnegative().default(0),
    }),
  })
  .refine(({ file, generate, sameEmailAs }) => [file, generate, sameEmailAs].some((each) => each !== undefined), {
    message: "names neither a file, nor generate, nor sameEmailAs",
  });

export type Sample = z.infer<typeof sample>;

/** Where the samples lie. */
export const SAMPLES_DIR = path.join(INLET_ROOT, "test", "emails");

/** test/emails/demo.yaml: what `inlet up` sends, in order. Throws, naming the entry, when it cannot be read. */
export function readDemoFile(file: string = path.join(SAMPLES_DIR, "demo.yaml")): Sample[] {
  const document: unknown = parse(readFileSync(file, "utf8"));
  const list = Array.isArray(document) ? document : (document as { emails?: unknown } | null)?.emails;
  const result = z.array(sample).safeParse(list);
  if (result.success) return result.data;
  throw new Error(`${path.relative(INLET_ROOT, file)}: ${z.prettifyError(result.error)}`);
}
