import path from "node:path";

/** Something about this machine keeps the local stack from running; the message says what, and what to do about it. */
export class LocalStackError extends Error {
  override readonly name = "LocalStackError";
}

/** @param partDir the part's own folder in the data folder */
export function damagedData(partDir: string): string {
  return `Is its data damaged, by a full disk or a power cut? To begin anew, without the emails that are in it, delete ${path.dirname(partDir)}.`;
}
