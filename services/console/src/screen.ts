import type { Html } from "@inlet/html";
import type { Grant, Identity, Ledger } from "@inlet/ledger";
import type { Asked, OperationSurroundings } from "@inlet/operations";
import type { GuaranteeReport } from "@inlet/reconcile";
import type { z } from "zod";
import type { SharedReadings } from "./shared-readings.ts";
import type { RecordLinks } from "./record-links.ts";
import type { Role } from "@inlet/domain";
import type { ContentDeps } from "./content/content-deps.ts";
import type { TryDeps } from "./try/try-deps.ts";

/** Who looks. */
export type Viewer = Pick<Identity, "id" | "kind" | "actor"> & {
  readonly grants: readonly Grant[];
  /** Address of the caller, for the audit. */
  readonly ip: string;
};

/** What screens and actions read and change. */
export interface ConsoleDeps {
  readonly ledger: Ledger;
  /** What emails say, for those who may see it. */
  readonly content: ContentDeps;
  /** Trying an email, with nothing written. */
  readonly tries: TryDeps;
  /** What operations need beside the ledger. */
  readonly surroundings: OperationSurroundings;
  /** What all viewers of one scope share, so that the database is asked once for them. */
  readonly readings: SharedReadings;
  /** The newest count of whether every email is accounted for; null until there is one. */
  readonly balance: () => Balance | null;
  /** Where traces are shown, without a trailing slash; null where nowhere. */
  readonly tracesUrl: string | null;
  readonly recordLinks: RecordLinks;
  /** Of the hashes by which emails are found by address and subject; null: they are not. */
  readonly searchKey: string | null;
  readonly now: () => number;
}

export interface Balance {
  /** Epoch ms. */
  readonly at: number;
  readonly report: Omit<GuaranteeReport, "checked">;
  /** The count before it, for what happened in between. */
  readonly before?: { readonly at: number; readonly tenants: GuaranteeReport["tenants"] };
}

/**
 * What can be looked at: one entry makes the page, its JSON (`/api/v1` + path), its place in the OpenAPI description, and its line in the
 * table of who may see it.
 */
export interface Screen<Query = never, Data = never> {
  readonly name: string;
  /** Of the page; parameters as fastify writes them. */
  readonly path: string;
  readonly title: string;
  /** One sentence for the API's description. */
  readonly summary: string;
  /** In the menu. */
  readonly menu: boolean;
  /** Who may look; null: any role will do. */
  readonly role: Role | null;
  /** Parameters of path and query. */
  readonly query: z.ZodType<Query, unknown>;
  /** The tenant that a look concerns; null where it concerns all of them. */
  readonly tenant: (query: Query) => string | null;
  read(deps: ConsoleDeps, query: Query, viewer: Viewer): Promise<Data>;
  /** Where the page goes on by itself, since there is only one place to go; null to stay. */
  jump?(data: Data, query: Query): string | null;
  render(data: Data, query: Query, viewer: Viewer, deps: ConsoleDeps): Html;
  /** The same by the command line; null where it has none. */
  command(query: Query): string | null;
}

export interface Acted {
  readonly result: object;
  /** Where a browser goes. */
  readonly next: string;
  /** What a browser is shown at once instead: what is said this once, such as a secret. */
  readonly page?: Html;
  /** Of the API's answer; 200, unless it is said. */
  readonly status?: number;
}

/** What can be changed: one entry makes the button's address and the API's. */
export interface Action<Input = never> {
  readonly name: string;
  readonly path: string;
  readonly summary: string;
  /** Of the API's answer, for its description. */
  readonly result?: z.ZodType;
  /** Null: any role will do to ask. */
  readonly role: Role | null;
  /** Parameters of path and body. */
  readonly input: z.ZodType<Input, unknown>;
  readonly tenant: (input: Input) => string | null;
  /** Answers what the API says, and where a browser goes next. */
  act(deps: ConsoleDeps, input: Input, viewer: Viewer, asked: Asked): Promise<Acted>;
}

export type AnyScreen = Screen<unknown, unknown>;
export type AnyAction = Action<unknown>;

/** A screen among others: what it reads is what it renders, which is checked here and forgotten. */
export function defineScreen<Query, Data>(screen: Screen<Query, Data>): AnyScreen {
  return screen as unknown as AnyScreen;
}

export function defineAction<Input>(action: Action<Input>): AnyAction {
  return action as unknown as AnyAction;
}
