import { readFile } from "node:fs/promises";
import { CommandFailed } from "./context.ts";
import { standardInput } from "./standard-input.ts";

/** The bytes of a file that was named to a command; `-` is standard input. Throws {@link CommandFailed} when it cannot be read. */
export async function readEmailFile(file: string): Promise<Buffer> {
  try {
    return file === "-" ? await standardInput() : await readFile(file);
  } catch (error) {
    const directory = (error as NodeJS.ErrnoException).code === "EISDIR";
    throw new CommandFailed(
      directory ? `${file} is a directory: name the emails in it, as ${file}/*.eml` : (error as Error).message,
      { cause: error },
    );
  }
}
