import { type AccessTokens, type CallReport } from "@inlet/crm";

export const soon = (ms = 5_000): { deadline: number } => ({ deadline: performance.now() + ms });

export const MINUTE = 60_000;

export interface Instance {
  readonly tokens: AccessTokens;
  readonly calls: CallReport[];
  readonly logged: object[];
}

export async function getToken({ tokens }: Instance): Promise<string> {
  const result = await tokens.current(soon());
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
}
