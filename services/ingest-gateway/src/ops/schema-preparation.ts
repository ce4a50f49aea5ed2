import { setTimeout as delay } from "node:timers/promises";
import type { Codec } from "@inlet/event-codec";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

export interface SchemaPreparation {
  ready(): boolean;
  stop(): void;
}

/** Looks up the ids of what the gateway writes, again and again until it has them. From then on it encodes without the registry. */
export function prepareSchemas(
  codec: Pick<Codec, "prepare">,
  log: { warn(fields: Record<string, unknown>, message: string): void },
): SchemaPreparation {
  let known = false;
  const stopped = new AbortController();

  async function run(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; !stopped.signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        await codec.prepare(["RawEvent", "OutboundMessage"]);
        known = true;
        return;
      } catch (error) {
        log.warn({ err: error, retry_ms: wait }, "schema ids not known yet: deliveries are answered 503");
      }
      await delay(wait, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
    }
  }

  void run();
  return { ready: () => known, stop: () => stopped.abort() };
}
