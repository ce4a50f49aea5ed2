import { isSpanContextValid, trace } from "@opentelemetry/api";
import { pino, stdTimeFunctions } from "pino";
import type { DestinationStream, Logger } from "pino";
import { errorForLog } from "./error-for-log.ts";
import { maskAddresses, redacted } from "./redaction.ts";

/**
 * Lines are written together, off the request's path: a write for each took a tenth of a busy gateway's time. Written at the latest after
 * `periodicFlush` ms, at a fatal line, and when the process ends; kill -9 loses what it would have said of its last moments.
 */
const GATHERED = { minLength: 4096, periodicFlush: 100 };

export interface LoggerOptions {
  readonly service: string;
  readonly version: string;
  readonly level: string;
  /** Where the lines go; stdout by default. */
  readonly stream?: DestinationStream;
}

/**
 * JSON lines with `trace_id` and `span_id` of the active span. Redaction has two nets: private keys at any depth, and addresses anywhere in
 * the finished line, since messages of libraries quote them too.
 */
export function createLogger(options: LoggerOptions): Logger {
  const logger: Logger = pino(
    {
      level: options.level,
      base: { service: options.service, version: options.version },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redacted },
      serializers: { err: errorOrLogged, error: errorOrLogged },
      mixin: activeSpanIds,
      hooks: { streamWrite: maskAddresses },
    },
    options.stream ?? pino.destination({ dest: 1, sync: false, ...GATHERED }),
  );
  redactChildBindings(logger);
  return logger;
}

/** pino gives a child no bindings formatter unless each call names one; children inherit this method, so grandchildren are covered too. */
function redactChildBindings(logger: Logger): void {
  const child: unknown = Reflect.get(logger, "child");
  if (typeof child !== "function") return;
  Object.defineProperty(logger, "child", {
    value(this: Logger, bindings: Record<string, unknown>, ...rest: unknown[]): unknown {
      return Reflect.apply(child, this, [redacted(bindings), ...rest]);
    },
  });
}

function activeSpanIds(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** The formatter has already turned errors inside a log object into plain ones. */
function errorOrLogged(value: unknown): unknown {
  return value instanceof Error ? errorForLog(value) : value;
}
