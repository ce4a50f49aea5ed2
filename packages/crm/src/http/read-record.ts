import type { CallOptions, CallResult } from "../port.ts";
import type { HttpClient } from "./client.ts";
import { passing } from "./faults.ts";
import type { ReadRequest } from "./requests.ts";
import { fillJson, fillPath, type Fields } from "./template.ts";

/** A JSON answer; an empty object for an answer without a body. */
export type Read = NonNullable<unknown>;

/** A GET that changes nothing. Null: the API says, in JSON, that there is no such record; so it is with an id that no path can hold. */
export async function readRecord(
  client: HttpClient,
  described: ReadRequest,
  fields: Fields,
  options: CallOptions,
): Promise<CallResult<Read | null>> {
  const path = fillPath(described.path, fields);
  if (path === null) return { ok: true, value: null };
  const headers = Object.fromEntries(
    Object.entries(described.headers).map(([name, value]) => [name.toLowerCase(), String(fillJson(value, fields))]),
  );
  const call = { method: "GET", path, template: described.path, headers, write: false } as const;
  const answer = await client.call(call, options);
  if (!answer.ok) return answer;
  switch (answer.value.kind) {
    case "ok":
      return { ok: true, value: answer.value.body ?? {} };
    case "not-found":
      return { ok: true, value: null };
    case "conflict":
      return { ok: false, fault: passing("http:409", "the CRM answered with a conflict") };
  }
}
