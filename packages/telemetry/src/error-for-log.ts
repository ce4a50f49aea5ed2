const MESSAGE_LIMIT = 500;
const STACK_LIMIT = 4000;
const CAUSE_DEPTH = 4;

/** What a log line says about an error. */
export interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  status?: number;
  stack?: string;
  cause?: LoggedError;
  errors?: LoggedError[];
}

/**
 * An error as it may be logged: type, message (at most 500 characters), code, HTTP status, stack (at most 4000) and causes. HTTP
 * clients hang requests, responses and bodies on their errors; those hold mail and credentials, so nothing else is taken over.
 */
export function errorForLog(error: unknown, depth = CAUSE_DEPTH): LoggedError {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: typeof error === "string" ? cut(error, MESSAGE_LIMIT) : "not an Error" };
  }
  const { code, status, statusCode } = error as Error & { code?: unknown; status?: unknown; statusCode?: unknown };
  const http = status ?? statusCode;
  const logged: LoggedError = { type: error.name, message: cut(error.message, MESSAGE_LIMIT) };
  if (typeof code === "string" || typeof code === "number") logged.code = code;
  if (typeof http === "number") logged.status = http;
  if (error.stack !== undefined) logged.stack = frames(error);
  if (depth > 0 && error.cause !== undefined) logged.cause = errorForLog(error.cause, depth - 1);
  if (depth > 0 && error instanceof AggregateError) {
    logged.errors = error.errors.slice(0, 5).map((each) => errorForLog(each, depth - 1));
  }
  return logged;
}

/**
 * The same without its messages: what goes wrong with one email may quote it, in the words of any library. Type, code and stack say where to look, and
 * the event id beside them which email it was.
 */
export function hideMessages({ message: _, cause, errors, ...logged }: LoggedError): LoggedError {
  return {
    ...logged,
    message: "not shown: it may quote the email",
    ...(cause === undefined ? {} : { cause: hideMessages(cause) }),
    ...(errors === undefined ? {} : { errors: errors.map(hideMessages) }),
  };
}

/** The stack repeats the message before its frames; the frames alone say nothing about an email. */
function frames(error: Error): string {
  const stack = error.stack ?? "";
  const start = stack.search(/^ {4}at /m);
  return start === -1 ? "" : cut(stack.slice(start), STACK_LIMIT);
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length - limit} more characters)`;
}
