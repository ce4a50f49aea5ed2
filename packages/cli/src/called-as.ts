import path from "node:path";

/**
 * Hints name the next command. They are written as in a clone, where it is `npx inlet`; where `inlet` itself was called, as in a container
 * or from anywhere on the PATH, they say that: there `npx inlet` is nothing, or somebody else's package.
 * @param calledAs the path of the program as it was called
 */
export function asCalled(text: string, calledAs = process.argv[1] ?? ""): string {
  const plain = path.basename(calledAs) === "inlet" && !calledAs.includes(`node_modules${path.sep}.bin`);
  return plain ? text.replaceAll("npx inlet", "inlet") : text;
}
