import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger } from "@inlet/ledger";
import { badInput, Problem } from "../problem.ts";

/** How long who asks a second time waits for the answer to the first one, ms. */
const WAIT_MS = 20_000;
const LOOK_MS = 100;
const KEY = /^[\w-]{16,200}$/;

/** Something that is asked under a key, which the one who asks alone knows. */
export interface KeyedRequest {
  readonly actor: string;
  /** Null: asked without one, and done each time. */
  readonly key: string | null;
  readonly operation: string;
  readonly input: unknown;
}

/**
 * Does what is asked once for all that is asked under the same key within a day: a double click, a POST that was sent again. All of them get the
 * first one's answer. What was refused is done anew.
 */
export async function performOnce<Result>(
  requests: Ledger["requests"],
  { actor, key, operation, input }: KeyedRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  if (key === null) return work();
  if (!KEY.test(key)) throw badInput("Idempotency-Key: expected 16 to 200 letters, digits, _ and -, such as a UUID");
  const hash = digest("hash", actor, key);
  const fingerprint = digest("asked", operation, JSON.stringify(input));
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const found = await requests.begin({ hash, fingerprint });
    if (found.state === "new") return workAndKeep(requests, hash, digest("seal", actor, key), work);
    if (found.state === "another")
      throw new Problem(422, "key-used", "Something else was asked under this Idempotency-Key: take a new one.");
    if (found.state === "answered") return unseal(found.answer, digest("seal", actor, key)) as Result;
    if (performance.now() > until)
      throw new Problem(
        409,
        "under-way",
        "The same was asked a moment ago, and is being done. Look again in a minute.",
      );
    await sleep(LOOK_MS);
  }
}

async function workAndKeep<Result>(
  requests: Ledger["requests"],
  hash: Buffer,
  sealingKey: Buffer,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work();
    await requests.answer(hash, seal(result, sealingKey));
    return result;
  } catch (error) {
    // Of a fault in the middle it is not known what was done: that key stays taken for a while.
    if (error instanceof Problem) await requests.forget(hash);
    throw error;
  }
}

function digest(...parts: readonly string[]): Buffer {
  return createHash("sha256").update(JSON.stringify(parts)).digest();
}

/** An answer may hold a secret: with the database alone it cannot be read. */
function seal(result: unknown, key: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(result), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function unseal(sealed: Buffer, key: Buffer): unknown {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return JSON.parse(
    Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString("utf8"),
  ) as unknown;
}
