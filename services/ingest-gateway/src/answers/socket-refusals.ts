import { STATUS_CODES } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { PROBLEM_MEDIA_TYPE, Problem, problemDocument } from "./problems.ts";
import type { ProblemCode } from "./problems.ts";

/** The newest request of each connection that is not answered yet. */
const answering = new WeakMap<Duplex, { readonly request: IncomingMessage; readonly response: ServerResponse }>();

/** Answers as problems what Node would answer without a body, or not at all: CONNECT and expectations other than 100-continue. */
export function refuseUnroutable(server: Server): void {
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    answering.set(socket, { request, response });
    response.once("close", () => {
      if (answering.get(socket)?.response === response) answering.delete(socket);
    });
  });
  server.on("connect", (_request: IncomingMessage, socket: Duplex) =>
    endWith(socket, "method_not_allowed", "allow: GET, POST\r\n"),
  );
  server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    const { text, status } = buildAnswer("expectation_failed");
    response.writeHead(status, {
      "content-type": PROBLEM_MEDIA_TYPE,
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
      connection: "close",
    });
    response.end(text);
  });
}

const CODES: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
  HPE_HEADER_OVERFLOW: "headers_too_large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "body_too_large",
};

/** Connections that were told why they end. What still comes on them is thrown away: a connection closed on it would take the answer with it. */
const ending = new WeakSet<Duplex>();
const LINGER_MS = 2000;

/** What is no HTTP, or too slow, never reaches a route: answered on the socket. */
export function refuseOnSocket(error: Error & { code?: string }, socket: Socket): void {
  if (ending.has(socket)) return;
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  // Garbage behind a request that has come whole: that request gets its own answer, and nothing after it.
  const { request, response } = answering.get(socket) ?? {};
  if (request?.complete === true && response !== undefined) {
    response.shouldKeepAlive = false;
    response.once("finish", () => socket.end());
    return;
  }
  endWith(socket, CODES[error.code ?? ""] ?? "bad_request");
}

function endWith(socket: Duplex, code: ProblemCode, fields = ""): void {
  ending.add(socket);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(timer));
  const { text, status } = buildAnswer(code);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${PROBLEM_MEDIA_TYPE}\r\n${fields}` +
      `content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
}

function buildAnswer(code: ProblemCode): { text: string; status: number } {
  const problem = new Problem(code);
  return { text: JSON.stringify(problemDocument(problem)), status: problem.statusCode };
}
