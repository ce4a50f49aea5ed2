import { isInfrastructureFault } from "@inlet/domain";
import { headerText, type BatchHandler, type KafkaRecord } from "@inlet/kafka";
import { HEADER, TENANT_ID, type OutboundMessage } from "@inlet/schemas";
import { errorForLog, hideMessages, metrics } from "@inlet/telemetry";
import type { SinkDeps } from "../attempt.ts";

const INFRASTRUCTURE_PAUSE_MS = 1_000;

/**
 * Takes registrations of sent messages into the ledger, a batch in one go. A fault of Inlet's infrastructure pauses the partition; a record
 * that no one can read is an alert and is passed over, since the sender was told by the gateway what a registration needs.
 */
export function consumeSentMessages(deps: Pick<SinkDeps, "ledger" | "codec" | "log">): BatchHandler {
  return async (records, { signal }) => {
    if (signal.aborted) return { processedThrough: null };
    try {
      const messages: OutboundMessage[] = [];
      for (const record of records) {
        const message = await decoded(deps, record);
        if (message !== null) messages.push(message);
      }
      await register(deps, messages);
      return { processedThrough: records.at(-1)?.offset ?? null };
    } catch (error) {
      const infrastructure = isInfrastructureFault(error);
      metrics.alerts.inc({ code: infrastructure ? "infrastructure_away" : "unexpected_error" });
      deps.log[infrastructure ? "warn" : "error"](
        { err: errorForLog(error) },
        "sent messages cannot be registered: the partition pauses",
      );
      return { processedThrough: null, pauseMs: INFRASTRUCTURE_PAUSE_MS };
    }
  };
}

/** One registration that the ledger refuses must not stop the others: each goes by itself, and that one is an alert. */
async function register(deps: Pick<SinkDeps, "ledger" | "log">, messages: readonly OutboundMessage[]): Promise<void> {
  try {
    await deps.ledger.conversations.registerSent(
      messages.map(({ tenantId, ...message }) => ({ ...message, tenant: tenantId })),
    );
  } catch (error) {
    if (isInfrastructureFault(error)) throw error;
    if (messages.length > 1) {
      for (const message of messages) await register(deps, [message]);
      return;
    }
    metrics.alerts.inc({ code: "unreadable_record" });
    deps.log.error(
      { err: hideMessages(errorForLog(error)), code: "unreadable_record" },
      "the ledger refuses a registration of a sent message: it is passed over",
    );
  }
}

async function decoded(deps: Pick<SinkDeps, "codec" | "log">, record: KafkaRecord): Promise<OutboundMessage | null> {
  try {
    const value = record.value ?? Buffer.alloc(0);
    const message = await deps.codec.decode("OutboundMessage", value, headerText(record.headers, HEADER.schema));
    if (TENANT_ID.test(message.tenantId)) return message;
    throw Object.assign(new Error("value: its tenantId is none of ours"), { name: "UndecodableRecordError" });
  } catch (error) {
    if ((error as Error).name !== "UndecodableRecordError") throw error;
    const { topic, partition, offset } = record;
    metrics.alerts.inc({ code: "unreadable_record" });
    deps.log.error(
      { err: errorForLog(error), topic, partition, offset: offset.toString(), code: "unreadable_record" },
      "a registration of a sent message cannot be read and is passed over",
    );
    return null;
  }
}
