import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from "@opentelemetry/api";
import type { Attributes, Context, Link, Span, TextMapGetter } from "@opentelemetry/api";
import { HEADER } from "@inlet/schemas";
import { headerText } from "../port.ts";
import type { KafkaRecord, RecordHeaders } from "../port.ts";

/**
 * W3C trace context in record headers. Injected when a record is handed over and extracted record by record, since one context
 * for a batch would merge the traces of unrelated emails.
 */
export interface ProcessSpanOptions {
  readonly groupId: string;
  /** Default `process <topic>`. */
  readonly name?: string;
  readonly attributes?: Attributes;
  /** A replay runs in a new trace linked to the old one. */
  readonly links?: Link[];
}

const headersGetter: TextMapGetter<RecordHeaders> = {
  keys: (headers) => headers.map(([name]) => name),
  get: (headers, name) => headerText(headers, name),
};

/** The context's trace as record headers (`traceparent`, `tracestate`); empty outside of any trace. By default the active context. */
export function traceHeaders(ctx: Context = context.active()): RecordHeaders {
  const headers: [string, Buffer][] = [];
  propagation.inject(ctx, headers, {
    set: (carrier, name, value) => {
      if (name === HEADER.traceparent || name === HEADER.tracestate) carrier.push([name, Buffer.from(value, "utf8")]);
    },
  });
  return headers;
}

/** `headers` with the active trace added, unless they already name one. */
export function withTraceHeaders(headers: RecordHeaders): RecordHeaders {
  return headers.some(([name]) => name === HEADER.traceparent) ? headers : [...headers, ...traceHeaders()];
}

/** The context that the headers carry, from the root: never a child of what happens to be active in the consumer. */
export function getContext(headers: RecordHeaders): Context {
  return propagation.extract(ROOT_CONTEXT, headers, headersGetter);
}

/** A service's Kafka client has its name, and its groups have the lane behind it. */
function getBaseGroup(groupId: string): string {
  return groupId.split(".", 1)[0] ?? groupId;
}

/** What of an error may leave for where traces are kept: nothing masks its message there, which may quote an email. */
function describeError(error: unknown): { type: string; code: string | number | null } {
  if (!(error instanceof Error)) return { type: typeof error, code: null };
  const { code } = error as Error & { code?: unknown };
  const known = typeof code === "number" || (typeof code === "string" && /^[\w.:-]{1,60}$/.test(code));
  return { type: error.name, code: known ? code : null };
}

/**
 * Runs `fn` inside a CONSUMER span `process <topic>`, child of the context in the record's headers. Of what `fn` throws its type and code are
 * put on the span, never its text; it is thrown on. The key is no attribute: it may hold an address.
 */
export async function withProcessSpan<T>(
  record: KafkaRecord,
  options: ProcessSpanOptions,
  fn: (span: Span) => Promise<T> | T,
): Promise<T> {
  const parent = getContext(record.headers);
  const tenant = headerText(record.headers, HEADER.tenant);
  const eventId = headerText(record.headers, HEADER.eventId);
  const span = trace.getTracer("@inlet/kafka").startSpan(
    options.name ?? `process ${record.topic}`,
    {
      kind: SpanKind.CONSUMER,
      links: options.links ?? [],
      attributes: {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": record.topic,
        "messaging.destination.partition.id": String(record.partition),
        "messaging.kafka.offset": Number(record.offset),
        "messaging.consumer.group.name": options.groupId,
        "messaging.client.id": getBaseGroup(options.groupId),
        ...(tenant === undefined ? {} : { "inlet.tenant": tenant }),
        ...(eventId === undefined ? {} : { "inlet.event_id": eventId, "messaging.message.id": eventId }),
        ...options.attributes,
      },
    },
    parent,
  );
  try {
    return await context.with(trace.setSpan(parent, span), () => fn(span));
  } catch (error) {
    const { type, code } = describeError(error);
    span.setAttributes({ "error.type": type, ...(code === null ? {} : { "error.code": code }) });
    span.setStatus({ code: SpanStatusCode.ERROR, message: type });
    throw error;
  } finally {
    span.end();
  }
}
