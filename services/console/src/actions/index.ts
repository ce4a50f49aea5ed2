import type { AnyAction } from "../screen.ts";
import { hold, letGo } from "./hold.ts";
import { jobOrders } from "./job-orders.ts";
import { retry } from "./retry.ts";
import { revoke } from "./tokens.ts";

/** Everything that can be changed: a new one is a line. */
export const ACTIONS: readonly AnyAction[] = [...jobOrders, retry, hold, letGo, revoke];
