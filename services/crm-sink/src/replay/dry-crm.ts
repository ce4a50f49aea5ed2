import { operation, type ActivityChange, type CallResult, type Crm, type Operation, type RecordName } from "@inlet/crm";

/** Calls that a real run would make, and those of them that a dry run makes, since they only read. */
export interface CallCount {
  planned: number;
  read: number;
}

/** The id of a record that a dry run did not make. */
export const WOULD_BE = "would-be:";

/**
 * A CRM of which everything can be read and to which nothing is written: a write is answered as if it had been carried out. Every call is
 * counted by the requests that it costs.
 */
export function createDryCrm(crm: Crm, count: CallCount): Crm {
  const reading = <Input, Value>(of: Operation<Input, Value>): Operation<Input, Value> =>
    operation(
      async (input, options) => {
        count.planned += of.cost.requests;
        count.read += of.cost.requests;
        return of(input, options);
      },
      { cost: of.cost },
    );
  const writing = <Input, Value>(
    of: Operation<Input, Value>,
    answer: (input: Input) => Value,
  ): Operation<Input, Value> =>
    operation(
      async (input): Promise<CallResult<Value>> => {
        count.planned += of.cost.requests;
        return { ok: true, value: answer(input) };
      },
      { cost: of.cost },
    );
  const free = <Input, Value>(value: Value): Operation<Input, Value> =>
    operation(async (): Promise<CallResult<Value>> => ({ ok: true, value }), { cost: { requests: 0 } });
  const newRecord = (name: RecordName) => (): { recordId: string; created: true } => ({
    recordId: `${WOULD_BE}${name}`,
    created: true,
  });

  const { contact, company, deal, activity, file, task } = crm.records;
  const { fixed = [], findSent } = activity;
  return {
    ...crm,
    records: {
      contact: {
        ...contact,
        write: writing(contact.write, newRecord("contact")),
        lookup: reading(contact.lookup),
        locate: reading(contact.locate),
        findByPhone: reading(contact.findByPhone),
      },
      company: {
        ...company,
        write: writing(company.write, newRecord("company")),
        lookup: reading(company.lookup),
        locate: reading(company.locate),
        find: reading(company.find),
      },
      deal: {
        ...deal,
        write: writing(deal.write, newRecord("deal")),
        lookup: reading(deal.lookup),
        locate: reading(deal.locate),
        read: reading(deal.read),
        update: writing(deal.update, ({ recordId }) => ({ recordId })),
      },
      activity: {
        ...activity,
        write: writing(activity.write, newRecord("activity")),
        lookup: reading(activity.lookup),
        read: reading(activity.read),
        update: writing(activity.update, ({ recordId, changed }: ActivityChange) => ({
          recordId,
          fixed: fixed.filter((field) => field in changed),
        })),
        ...(findSent === undefined ? {} : { findSent: reading(findSent) }),
      },
      file: {
        ...file,
        write: writing(file.write, newRecord("file")),
        lookup: reading(file.lookup),
        locate: reading(file.locate),
      },
      task: {
        ...task,
        write: writing(task.write, newRecord("task")),
        lookup: reading(task.lookup),
        locate: reading(task.locate),
      },
    },
    account: reading(crm.account),
    // A real run may make fields of its own first.
    setup: { ...crm.setup, prepare: free({ made: [] }), atStart: free(null) },
  };
}
