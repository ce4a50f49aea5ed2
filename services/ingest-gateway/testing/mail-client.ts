import { connect } from "node:net";
import type { Socket } from "node:net";

/** A client that speaks line by line, to say what no well-behaved one would. */
export interface MailClient {
  readonly socket: Socket;
  /** Sends lines (CRLF added) and resolves with as many whole replies: `250 OK`, the last line of each. */
  say(...lines: string[]): Promise<string[]>;
  /** Waits for a reply that was not asked for. */
  reply(): Promise<string>;
  /** A whole message from HELO to QUIT; the reply to its data. */
  send(message: { from?: string; to: string[]; body: string; greeting?: string }): Promise<string[]>;
  /** Resolves when the server has ended the connection. */
  ended(): Promise<void>;
}

/** Connects and reads the greeting. */
export async function mailClient(port: number): Promise<MailClient> {
  const socket = connect(port, "127.0.0.1");
  const replies: string[] = [];
  const waiting: ((reply: string) => void)[] = [];
  // Not by `once`, which rejects where the server has ended the connection while this writes.
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("error", () => undefined);
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line[3] === "-") continue;
      const next = waiting.shift();
      if (next === undefined) replies.push(line);
      else next(line);
    }
  });
  const reply = async (): Promise<string> => {
    const ready = replies.shift();
    if (ready !== undefined) return ready;
    return Promise.race([
      new Promise<string>((resolve) => void waiting.push(resolve)),
      closed.then(() => replies.shift() ?? "closed"),
    ]);
  };
  const say = async (...lines: string[]): Promise<string[]> => {
    socket.write(lines.map((line) => `${line}\r\n`).join(""));
    const answers: string[] = [];
    for (const _line of lines) answers.push(await reply());
    return answers;
  };
  const greeting = await reply();
  if (!greeting.startsWith("220 ")) throw new Error(greeting);
  return {
    socket,
    say,
    reply,
    ended: async () => closed,
    async send({ from = "", to, body, greeting: hello = "EHLO client.example" }) {
      await say(hello);
      await say(`MAIL FROM:<${from}>`);
      for (const recipient of to) await say(`RCPT TO:<${recipient}>`);
      await say("DATA");
      socket.write(`${body.replaceAll(/^\./gm, "..")}\r\n.\r\n`);
      const answers: string[] = [];
      for (const _one of hello.startsWith("LHLO") ? to : [0]) answers.push(await reply());
      return answers;
    },
  };
}
