import type { Role } from "@inlet/domain";
import type { Admin, Producer } from "@inlet/kafka";
import type { Grant, Ledger } from "@inlet/ledger";
import type { z } from "zod";
import type { FourEyes } from "./guard/four-eyes.ts";
import type { Reach } from "./guard/reach.ts";

export type { Reach } from "./guard/reach.ts";

/** Who does it: a person by a session, a machine by a token, or an operator on the machine itself. */
export interface Actor {
  /** As the audit names them. */
  readonly name: string;
  readonly kind: "session" | "token" | "local";
  readonly grants: readonly Grant[];
}

/** Kafka, for as long as one piece of work takes. */
export interface OperationKafka {
  withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  withProducer<T>(work: (producer: Producer) => Promise<T>): Promise<T>;
}

/** What operations act on, beside the ledger. */
export interface OperationSurroundings {
  readonly kafka: OperationKafka;
  /** Tenants that have a file, with their lanes and mailboxes; a lane is null where the file cannot be read. */
  readonly listTenants: () => readonly {
    readonly id: string;
    readonly lane: string | null;
    readonly mailboxes?: readonly string[];
  }[];
  /** Has a tenant's file name another lane; null where the files are not this process's to write. */
  readonly switchIsolation: ((tenant: string, isolation: "dedicated" | "shared") => Promise<void>) | null;
  /** Where people reach the console, without a trailing slash. */
  readonly consoleUrl: string;
  /** What waits for a second person. */
  readonly fourEyes: FourEyes;
  /** Of the hashes by which emails are found by address; null: this process does not know it. */
  readonly searchKey: string | null;
}

export interface OperationDeps extends OperationSurroundings {
  readonly ledger: Ledger;
  readonly now: () => number;
}

/** Something that is changed: the console's buttons, its API and `inlet` all do it by this. */
export interface Operation<Input, Result extends object> {
  /** Also the API's operation id. */
  readonly name: string;
  /** Below `/api/v1`, parameters as `:name`. */
  readonly path: string;
  /** One sentence. */
  readonly summary: string;
  /** Null: any role will do to ask; what exactly is needed is found out then. */
  readonly role: Role | null;
  /** Parameters of path and body. */
  readonly input: z.ZodType<Input, unknown>;
  readonly result: z.ZodType<Result, unknown>;
  /** Whose it is; null where it concerns every tenant, empty where that shows later. */
  tenant(input: Input): string | null;
  /** Checks what was asked beyond its fields, and fixes what it means now (a filter's end), so that what is counted is what is done. */
  freeze?(deps: OperationDeps, input: Input): Promise<Input>;
  /** What it would touch; an operation without this touches one thing. */
  measure?(deps: OperationDeps, input: Input): Promise<Reach>;
  /** Throws a `Problem` where it cannot be done, and nothing was. */
  run(deps: OperationDeps, input: Input, actor: Actor): Promise<Result>;
}

export type AnyOperation = Operation<unknown, object>;

/** Checks an operation's own types, which {@link AnyOperation} forgets. */
export function defineOperation<Input, Result extends object>(
  operation: Operation<Input, Result>,
): Operation<Input, Result> {
  return operation;
}
