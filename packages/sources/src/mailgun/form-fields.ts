import { toList } from "../form.ts";
import type { Form, FormPart } from "../form.ts";

/** A file of the email; the name that it is posted under says so, since not every file has one of its own. */
export function isFile({ name, filename }: FormPart): boolean {
  return filename !== null || /^attachment-\d+$/.test(name);
}

/** The email's header, where Mailgun gives it. */
export function headerPairs(form: Form): [string, string][] {
  return toList(form.json("message-headers")).flatMap((pair): [string, string][] => {
    const [name, value] = toList(pair);
    return typeof name === "string" && typeof value === "string" ? [[name, value]] : [];
  });
}
