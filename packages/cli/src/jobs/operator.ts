import { hostname, userInfo } from "node:os";

/** Who asks, for rows and audit: `operator@host`. */
export function nameOperator(): string {
  return `${userInfo().username}@${hostname()}`;
}
