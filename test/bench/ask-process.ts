import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** Starts `file` as a process (with `env`, else this process's environment), sends it the question, answers its first message and lets it end. Throws when it ends without one. */
export async function askProcess<Answer>(
  file: string,
  question: object,
  signal: AbortSignal,
  env?: NodeJS.ProcessEnv,
): Promise<Answer> {
  const child = fork(file, env === undefined ? {} : { env });
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
