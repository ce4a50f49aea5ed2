import type { Job, Proposal } from "@inlet/ledger";
import {
  badInput,
  performOperation,
  PLAINLY,
  Problem,
  proposalSchema,
  reachSchema,
  type Actor,
  type Asked,
  type Operation,
  type OperationDeps,
  type Reach,
} from "@inlet/operations";
import { z } from "zod";
import { askApi, type Fetch } from "./ask-api.ts";
import type { ApiTarget } from "./choose-target.ts";

/** What commands ask for: the same by a console's API and on the ledger itself. */
export interface Operator {
  /** Does an operation. `body` is what the API takes, parameters of the path included. */
  call<Input, Result extends object>(
    operation: Operation<Input, Result>,
    body: object,
    asked?: Partial<Asked>,
  ): Promise<Result>;
  /** What it would touch; nothing is done. */
  measure<Input, Result extends object>(operation: Operation<Input, Result>, body: object): Promise<Reach>;
  readonly jobs: {
    /** Null where there is none. */
    get(id: string): Promise<Job | null>;
  };
  /** Reads from a screen of the API, or what stands for it on the ledger. */
  read<T>(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    locally: (deps: OperationDeps) => Promise<T>,
  ): Promise<T>;
}

export function operateByApi(target: ApiTarget, fetch?: Fetch): Operator {
  const get = async (path: string): Promise<unknown> => askApi(target, { method: "GET", path }, fetch);
  const post = async (path: string, body: object): Promise<unknown> =>
    askApi(target, { method: "POST", path: fillPath(path, body), body }, fetch);
  const check = <T>(schema: z.ZodType<T>, answer: unknown): T => {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new Problem(
      0,
      "no-api",
      `${target.url} answers in words that this inlet does not know: use the version that the console has`,
    );
  };
  return {
    call: async (operation, body, asked = {}) => {
      const { confirm } = asked;
      const answer = await post(operation.path, { ...body, ...(confirm ? { confirm } : {}) });
      const proposed = operation.result.safeParse(answer).success ? null : proposedSchema.safeParse(answer);
      if (proposed?.success === true) throw waitsForSecondPerson(proposed.data.proposal);
      return check(operation.result, answer);
    },
    measure: async (operation, body) =>
      check(z.object({ reach: reachSchema }), await post(operation.path, { ...body, dryRun: true })).reach,
    jobs: {
      get: async (id) => {
        try {
          return ((await get(`/jobs/${encodeURIComponent(id)}`)) as { job: Job }).job;
        } catch (error) {
          if (error instanceof Problem && error.status === 404) return null;
          throw error;
        }
      },
    },
    read: async (path, query) => {
      const said = Object.entries(query).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, value]],
      );
      const search = new URLSearchParams(said).toString();
      return (await get(`${path}${search === "" ? "" : `?${search}`}`)) as never;
    },
  };
}

export function operateOn(deps: OperationDeps, actor: Actor): Operator {
  return {
    call: async (operation, body, asked = {}) => {
      const performed = await performOperation(deps, operation, parseInput(operation, body), actor, {
        ...PLAINLY,
        ...asked,
      });
      if (performed.kind === "done") return performed.result;
      if (performed.kind === "proposed") throw waitsForSecondPerson(performed.proposal);
      throw new Error(`${operation.name}: counted, and not done`);
    },
    measure: async (operation, body) => {
      const performed = await performOperation(deps, operation, parseInput(operation, body), actor, {
        ...PLAINLY,
        dryRun: true,
      });
      if (performed.kind === "counted") return performed.reach;
      throw new Error(`${operation.name}: done, and not only counted`);
    },
    jobs: deps.ledger.jobs,
    read: async (_, __, locally) => locally(deps),
  };
}

const proposedSchema = z.object({ proposal: proposalSchema });

/** Not done, which a script is to know: exit code 1. */
function waitsForSecondPerson({ id, operation }: Proposal): Problem {
  return new Problem(
    202,
    "proposed",
    `${id}: ${operation} waits until another person approves it, on the console's page Proposals, within a day. npx inlet proposals list shows it`,
  );
}

function fillPath(path: string, body: object): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String((body as Record<string, unknown>)[name])),
  );
}

/** As the API does: through JSON, so that what is undefined is not there. */
function parseInput<Input>({ input }: Operation<Input, object>, body: object): Input {
  const parsed = input.safeParse(JSON.parse(JSON.stringify(body)));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw badInput(faults.join("; "));
}
