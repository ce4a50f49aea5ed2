import { connect } from "node:net";

export interface RawAnswer {
  /** 0 when the connection ended without one. */
  readonly status: number;
  readonly mediaType: string;
  readonly body: string;
}

/**
 * Writes bytes to a port, whatever they are, and reads the first answer of HTTP. A server that answers early need not read the rest, and a
 * client that goes on writing is cut off: both are as they should be.
 */
export async function sendRaw(port: number, pieces: Iterable<Buffer>, patienceMs = 60_000): Promise<RawAnswer> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  socket.setTimeout(patienceMs, () => socket.destroy());
  let text = "";
  const answered = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (isWhole(text)) resolve();
    });
    socket.on("close", () => resolve());
  });
  const written = (async () => {
    for (const piece of pieces) {
      if (socket.destroyed || isWhole(text)) return;
      if (!socket.write(piece)) await Promise.race([answered, new Promise((resolve) => socket.once("drain", resolve))]);
    }
  })();
  await Promise.all([answered, written]);
  socket.destroy();
  const end = text.indexOf("\r\n\r\n");
  const head = end === -1 ? text : text.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    mediaType: /^content-type: ([^;\r\n]+)/im.exec(head)?.[1] ?? "",
    body: end === -1 ? "" : text.slice(end + 4),
  };
}

function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end))?.[1];
  return length !== undefined && text.length >= end + 4 + Number(length);
}
