import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** Starts `file` as a process, sends it the question, answers its first message and lets it end. Throws when it ends without one. */
export async function askProcess<Answer>(file: string, question: object, signal: AbortSignal): Promise<Answer> {
  const child = fork(file);
  try {
    child.send(question);
    const ended = once(child, "exit", { signal }).then(() => {
      throw new Error(`${path.basename(file)} ended without a result`);
    });
    const [answer] = (await Promise.race([once(child, "message", { signal }), ended])) as [Answer];
    return answer;
  } finally {
    if (child.connected) child.disconnect();
  }
}
