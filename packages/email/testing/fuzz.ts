import { describeOffline } from "../src/offline.ts";
import { mutate, random } from "./mutations.ts";

/** The code of the fault that a mutation ends as, or `email`. */
export type FuzzOutcome = string;

/** The input of a number: the same seeds and number always give the same bytes. */
export function fuzzInput(seeds: readonly Buffer[], number: number): Buffer {
  const next = random(number);
  const other = seeds[Math.floor(next() * seeds.length)] as Buffer;
  return mutate(seeds[number % seeds.length] as Buffer, other, next);
}

/** Parses one input and checks what every outcome must hold; throws what is wrong with it. */
export async function fuzzOne(bytes: Buffer): Promise<FuzzOutcome> {
  const result = await describeOffline(bytes, { file: "mutation.eml", now: 1 });
  if ("error" in result) {
    const { code } = result.error;
    if (code !== "unreadable_mime" && code !== "limit_exceeded") throw new Error(`fault ${code} is not one of parsing`);
    return code;
  }
  const json = JSON.stringify(result);
  if (json.includes("\\u0000")) throw new Error("NUL in the email");
  if (/\\ud[89a-f][0-9a-f]{2}/.test(json)) throw new Error("a lone surrogate in the email");
  if (!/^eml_[0-9a-f]{32}$/.test(result.emailKey)) throw new Error(`emailKey ${result.emailKey}`);
  return "email";
}
