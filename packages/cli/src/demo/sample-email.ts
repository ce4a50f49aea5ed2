import { readFile } from "node:fs/promises";
import path from "node:path";
import { makeLargeMail } from "@inlet/email";
import { SAMPLES_DIR, type Sample } from "./demo-file.ts";

const PDF_BYTES = 15 * 1024 * 1024;

/** The bytes of a sample, with Message-IDs of this run: each run is a new set of emails, and refers only to itself. */
export async function sampleEmail(sample: Sample, run: string): Promise<Buffer> {
  const bytes =
    sample.file === undefined
      ? Buffer.from(makeLargeMail(PDF_BYTES))
      : await readFile(path.join(SAMPLES_DIR, sample.file));
  return ofThisRun(bytes, run);
}

/** Rewrites `.sample@` to `.<run>@`, byte for byte: an email may be in any charset, or none. */
export function ofThisRun(bytes: Buffer, run: string): Buffer {
  return Buffer.from(bytes.toString("latin1").replaceAll(".sample@", `.${run}@`), "latin1");
}
