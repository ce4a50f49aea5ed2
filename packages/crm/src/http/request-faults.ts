import { LISTS, PLACEHOLDERS } from "./fields.ts";
import type { RecordName } from "../port.ts";
import type { ReadRequest, CrmRequests, DescribedRequests, WriteRequest, LookupRequest } from "./requests.ts";
import { hasStrayBraces, placeholdersIn } from "./template.ts";

/** What is wrong with a template, by its place in `crm.requests`. */
export interface RequestFault {
  /** `contact.write.body.email` */
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
}

interface Place {
  readonly field: string;
  readonly known: readonly string[];
  /** A string of a body may stand for any JSON value; elsewhere all is text. */
  readonly inBody: boolean;
}

/** Credentials, what makes a repeat known, and what belongs to the connection. */
const OWN_HEADERS = /^(authorization|idempotency-key|webhook-\w+|host|content-length|transfer-encoding|connection)$/i;

/** Everything in a CRM's requests that could never be sent: unknown placeholders, lists in a text, a form without a file. All at once. */
export function requestFaults(requests: CrmRequests): RequestFault[] {
  const { ping, contact, company, deal, activity, file, task } = requests;
  return [
    ...text(ping.path, { field: "ping.path", known: PLACEHOLDERS.read.slice(0, 1), inBody: false }),
    ...headers(ping.headers, "ping"),
    ...effect("contact", contact),
    ...(contact.lookupByKey === undefined ? [] : lookupFaults("contact.lookupByKey", contact.lookupByKey)),
    ...(contact.lookupByPhone === undefined ? [] : byPhone(contact.lookupByPhone)),
    ...(company === undefined ? [] : effect("company", company)),
    ...(deal === undefined ? [] : effect("deal", deal)),
    ...effect("activity", activity),
    ...(file === undefined ? [] : [...effect("file", file), ...formFaults(file.write)]),
    ...(task === undefined ? [] : effect("task", task)),
    ...(deal?.update === undefined ? [] : write("deal.update", deal.update, PLACEHOLDERS.dealUpdate)),
    ...Object.entries({ contact, company, deal, file, task }).flatMap(([name, described]) =>
      described?.read === undefined ? [] : read(`${name}.read`, described.read),
    ),
    ...(activity.read === undefined ? [] : read("activity.read", activity.read)),
    ...(activity.update === undefined ? [] : write("activity.update", activity.update, PLACEHOLDERS.update)),
    ...updateFaults(requests),
  ];
}

function effect(name: RecordName, { write: sent, lookup }: DescribedRequests) {
  const noForm =
    sent?.form === undefined || name === "file"
      ? []
      : [fault(`${name}.write.form`, "is set, though only a file is sent as a form", "Describe a body instead")];
  const known = name === "file" ? PLACEHOLDERS.lookup : PLACEHOLDERS.lookup.slice(0, 2);
  return [
    ...(sent === undefined ? [] : write(`${name}.write`, sent, PLACEHOLDERS[name])),
    ...noForm,
    ...(lookup === undefined ? [] : lookupFaults(`${name}.lookup`, lookup, known)),
  ];
}

function lookupFaults(
  at: string,
  { path, headers: sent }: Pick<LookupRequest, "path" | "headers">,
  known: readonly string[] = PLACEHOLDERS.lookup.slice(0, 2),
): RequestFault[] {
  return [...text(path, { field: `${at}.path`, known, inBody: false }), ...headers(sent, at)];
}

function write(at: string, request: WriteRequest, known: readonly string[]): RequestFault[] {
  return [
    ...text(request.path, { field: `${at}.path`, known, inBody: false }),
    ...headers(request.headers, at),
    ...json(request.body, { field: `${at}.body`, known, inBody: true }),
    ...Object.entries(request.form ?? {}).flatMap(([name, value]) =>
      text(value, { field: `${at}.form.${name}`, known: [...known, "file"], inBody: true }),
    ),
  ];
}

function read(at: string, request: { readonly path: string; readonly headers: Readonly<Record<string, string>> }) {
  return [
    ...text(request.path, { field: `${at}.path`, known: PLACEHOLDERS.read, inBody: false }),
    ...headers(request.headers, at),
  ];
}

function headers(of: Readonly<Record<string, string>>, at: string): RequestFault[] {
  return Object.entries(of).flatMap(([name, value]) => {
    const field = `${at}.headers.${name}`;
    return [
      ...(OWN_HEADERS.test(name) ? [fault(field, "is a header that Inlet writes itself", "Leave it out")] : []),
      // oxlint-disable-next-line no-control-regex
      ...(/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)
        ? [fault(field, "has a line break or another control character", "Write it in one line")]
        : []),
      ...text(value, { field, known: PLACEHOLDERS.header, inBody: false }),
    ];
  });
}

function byPhone({ path, headers: sent }: ReadRequest): RequestFault[] {
  return [
    ...text(path, { field: "contact.lookupByPhone.path", known: PLACEHOLDERS.phone, inBody: false }),
    ...headers(sent, "contact.lookupByPhone"),
  ];
}

function json(template: unknown, place: Place): RequestFault[] {
  if (typeof template === "string") return text(template, place);
  if (typeof template !== "object" || template === null) return [];
  return Object.entries(template).flatMap(([name, value]) => {
    const field = `${place.field}.${name}`;
    return [
      ...(/\{\{|\}\}/.test(name) ? [fault(field, "has a placeholder in its name", "Write it into the value")] : []),
      ...json(value, { ...place, field }),
    ];
  });
}

function text(template: string, { field, known, inBody }: Place): RequestFault[] {
  const stray = hasStrayBraces(template)
    ? [fault(field, "has braces that are no placeholder", "Write {{name}}, or {{name?}} to leave out what is null")]
    : [];
  const wrong = placeholdersIn(template).flatMap(({ name, optional, alone }) => {
    if (!known.includes(name)) {
      return [fault(field, `names the unknown placeholder {{${name}}}`, `Known here: ${known.join(", ")}`)];
    }
    if (optional && !inBody) {
      return [fault(field, `has {{${name}?}} where nothing can be left out`, `Write {{${name}}}`)];
    }
    return LISTS.has(name) && !(alone && inBody)
      ? [fault(field, `has the list {{${name}}} inside a text`, `Let "{{${name}}}" stand alone as a value of the body`)]
      : [];
  });
  return [...stray, ...wrong];
}

function formFaults({ body, form }: WriteRequest): RequestFault[] {
  if (body !== undefined && form !== undefined) {
    return [fault("file.write.form", "is set beside a body", "Keep one of the two")];
  }
  if (form === undefined) {
    const sent = /\{\{\s*contentBase64\s*\}\}/.test(JSON.stringify(body ?? null));
    const remedy = 'Describe a form with a field of the value "{{file}}", or a body with "{{contentBase64}}"';
    return sent ? [] : [fault("file.write", "sends the file's bytes nowhere", remedy)];
  }
  const files = Object.values(form).filter((value) => /^\{\{\s*file\s*\}\}$/.test(value));
  return files.length === 1
    ? []
    : [fault("file.write.form", "has not exactly one field for the file", 'Give one field the value "{{file}}"')];
}

/** Anyone who can be read or named can be asked to be changed. */
function updateFaults({ deal, activity }: CrmRequests): RequestFault[] {
  if (activity.update !== undefined) return [];
  return [
    ...(activity.read === undefined ? [] : ["activity.read"]),
    ...(deal?.read === undefined ? [] : ["deal.read"]),
  ].map((field) =>
    fault(
      field,
      "is set without activity.update, which a replay and an email that names a deal need",
      "Describe activity.update",
    ),
  );
}

function fault(field: string, problem: string, remedy: string): RequestFault {
  return { field, problem, remedy };
}
