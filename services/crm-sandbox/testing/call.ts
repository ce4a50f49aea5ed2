import type { Sandbox } from "../src/app.ts";

export async function call(
  { app }: Sandbox,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  payload?: object,
  token = "any",
) {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  const body = answer.body === "" ? {} : (JSON.parse(answer.body) as Record<string, never>);
  return { status: answer.statusCode, body: body as Record<string, unknown>, headers: answer.headers };
}

export const CONTACTS = "/crm/v3/objects/contacts";

export const contact = (email: string, more = {}) => ({ properties: { email, ...more }, associations: [] });
