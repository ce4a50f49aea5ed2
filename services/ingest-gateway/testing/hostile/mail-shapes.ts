import { once } from "node:events";
import { connect } from "node:net";

/** What a stranger may say to the mail ports; `\r\n` is written out. Each is one connection. */
export interface MailShape {
  readonly name: string;
  readonly pieces: (large: number) => Iterable<Buffer>;
  /** What the last reply may be. */
  readonly ends: RegExp;
}

const GREETED = "EHLO client.example\r\n";
const TO_DATA = `${GREETED}MAIL FROM:<>\r\nRCPT TO:<sales@attacked.example>\r\nDATA\r\n`;

function shape(name: string, ends: RegExp, ...texts: ((large: number) => string)[]): MailShape {
  return { name, ends, pieces: (large) => texts.map((text) => Buffer.from(text(large), "latin1")) };
}

/** Each ends the connection from the server's side, or with the QUIT at its end. */
export const MAIL_SHAPES: readonly MailShape[] = [
  shape("a command line without an end", /^(421|500)/, (large) => "x".repeat(large)),
  shape("a long greeting", /^(221|501)/, () => `EHLO ${"x".repeat(1900)}\r\nQUIT\r\n`),
  shape("a greeting beyond the line's limit", /^421/, () => `EHLO ${"x".repeat(4000)}\r\nQUIT\r\n`),
  shape("a flood of AUTH", /^421/, () => `${GREETED}${"AUTH PLAIN AGEAYg==\r\n".repeat(10_000)}QUIT\r\n`),
  shape("a flood of commands that are none", /^421/, () => `${GREETED}${"XYZZY\r\n".repeat(10_000)}QUIT\r\n`),
  shape("a flood of NOOP", /^421 4\.7\.0/, () => `${GREETED}${"NOOP\r\n".repeat(100_000)}QUIT\r\n`),
  shape(
    "a flood of transactions",
    /^421 4\.7\.0/,
    () => `${GREETED}${"MAIL FROM:<>\r\nRSET\r\n".repeat(20_000)}QUIT\r\n`,
  ),
  shape(
    // By LMTP a mail server of our own may ask for as many as it likes.
    "a flood of unknown recipients",
    /^(221|421)/,
    () => `${GREETED}MAIL FROM:<>\r\n${"RCPT TO:<x@attacked.example>\r\n".repeat(1000)}QUIT\r\n`,
  ),
  shape("10,000 recipients", /^421 4\.7\.0/, () => {
    const recipients = Array.from({ length: 10_000 }, (_, i) => `RCPT TO:<sales+${i}@attacked.example>\r\n`);
    return `${GREETED}MAIL FROM:<>\r\n${recipients.join("")}QUIT\r\n`;
  }),
  shape(
    "nesting in addresses",
    /^(221|421)/,
    () => `${GREETED}MAIL FROM:<${"(".repeat(900)}@x>\r\n${'RCPT TO:<"\\""@x>\r\n'.repeat(30)}QUIT\r\n`,
  ),
  shape(
    "commands before the greeting",
    /^421 4\.7\.0/,
    () => `${"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n".repeat(1000)}QUIT\r\n`,
  ),
  shape(
    "lines of a dot, and another",
    /^554/,
    () => TO_DATA,
    (large) => `${"..\r\n".repeat(large / 4)}.\r\n`,
  ),
  shape(
    "a line without an end",
    /^552 5\.3\.4/,
    () => TO_DATA,
    (large) => `${"x".repeat(large)}\r\n.\r\n`,
  ),
  shape(
    "line ends alone",
    /^(221|250)/,
    () => TO_DATA,
    (large) => `${"\r\n".repeat(large / 2)}.\r\nQUIT\r\n`,
  ),
  shape(
    "a header without an end",
    /^552 5\.3\.4/,
    () => TO_DATA,
    (large) => `${"a: b\r\n c\r\n".repeat(large / 10)}.\r\n`,
  ),
  shape(
    // Each field is looked through for a CR, which is nowhere.
    "fields of the way with bare line feeds",
    /^(221|250)/,
    () => TO_DATA,
    (large) => `${"Received: x\n".repeat(80_000)}\n${"x".repeat(large)}\r\n.\r\nQUIT\r\n`,
  ),
  shape(
    "parts inside of parts",
    /^(221|250)/,
    () => TO_DATA,
    () => {
      const levels = Array.from(
        { length: 5000 },
        (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
      );
      return `${levels.join("")}\r\n.\r\nQUIT\r\n`;
    },
  ),
  shape(
    "more than SIZE allows",
    /^(221|552)/,
    () => TO_DATA,
    () => `${"x".repeat(1000)}\r\n`.repeat(40_000),
    () => ".\r\nQUIT\r\n",
  ),
  shape(
    "a flood behind the end of the message",
    /^(221|421)/,
    () => `${TO_DATA}Hi\r\n.\r\n${"..\r\n".repeat(1000)}QUIT\r\n`,
  ),
];

/** Writes a shape to a port and reads every reply. A server that ends the connection early need not read the rest. */
export async function sayRaw(port: number, pieces: Iterable<Buffer>, patienceMs = 60_000): Promise<string[]> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  socket.setTimeout(patienceMs, () => socket.destroy());
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  // Not by `once`, which rejects where the server has ended the connection while this writes (EPIPE).
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  // Who speaks before the greeting is sent away at once.
  await Promise.race([once(socket, "data").catch(() => undefined), closed]);
  for (const piece of pieces) {
    if (socket.destroyed) break;
    if (!socket.write(piece)) await Promise.race([closed, once(socket, "drain").catch(() => undefined)]);
  }
  await closed;
  return text.split("\r\n").filter((line) => line !== "");
}

/** Whether a line is one that SMTP allows in a reply (RFC 5321 4.2). */
export function isReply(line: string): boolean {
  return /^[2-5]\d\d(?:[ -][\t\x20-\x7e]*)?$/.test(line);
}
