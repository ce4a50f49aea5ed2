import { FormData } from "undici";
import type { CallOptions, CallResult, FileInput, Written } from "../../port.ts";
import { hubSpotRecord } from "../client/answer.ts";
import type { HubSpotClient } from "../client/client.ts";
import { outage, passing, permanent } from "../client/faults.ts";

/** Longest name written, characters, with the hash before it and the extension behind it. */
const NAME_LIMIT = 100;

/**
 * A private file at a path that follows from the email and the content alone, so that the same file always lands on the same path
 * (`overwrite`), and can be found again without a search.
 */
export async function uploadFile(
  client: HubSpotClient,
  tenant: string,
  input: FileInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const { folder, name } = filePlace(tenant, input.key, input.filename);
  const form = new FormData();
  form.set("file", new File([new Uint8Array(input.bytes)], name, { type: input.contentType }), name);
  form.set("folderPath", folder);
  form.set("fileName", name);
  form.set("options", JSON.stringify({ access: "PRIVATE", overwrite: true }));
  const path = client.paths.files();
  const made = await client.call({ method: "POST", path, template: path, write: true, body: form }, options);
  if (!made.ok) return made;
  if (made.value.kind === "ok") {
    const record = hubSpotRecord(made.value.body);
    return record === null
      ? { ok: false, fault: outage("hubspot:unreadable", "a file without an id", { unknown: true }) }
      : { ok: true, value: { recordId: record.id, created: null } };
  }
  const found = await findFile(client, tenant, input.key, input.filename, options);
  if (!found.ok) return found;
  return found.value === null
    ? { ok: false, fault: passing("hubspot:409", "the file's path is taken, but nothing is there yet") }
    : { ok: true, value: { recordId: found.value.recordId, created: false } };
}

/** The file by its path. Its name is part of the path, hence of the question. */
export async function findFile(
  client: HubSpotClient,
  tenant: string,
  key: string,
  filename: string | undefined,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  if (filename === undefined) {
    return {
      ok: false,
      fault: permanent("hubspot:filename-missing", "a file is looked up by its path: pass its filename with the key"),
    };
  }
  const { folder, name } = filePlace(tenant, key, filename);
  const answer = await client.call(
    {
      method: "GET",
      path: client.paths.fileStat(`${folder}/${name}`.slice(1)),
      template: `${client.paths.files()}/stat/{path}`,
      write: false,
    },
    options,
  );
  if (!answer.ok) return answer;
  if (answer.value.kind !== "ok") return { ok: true, value: null };
  const record = hubSpotRecord(answer.value.body["file"]);
  return { ok: true, value: record === null ? null : { recordId: record.id } };
}

/**
 * Folder and name of a file. The name begins with the hash, and is plain ASCII, since HubSpot rewrites other characters and the path
 * must be known beforehand.
 */
export function filePlace(tenant: string, key: string, filename: string): { folder: string; name: string } {
  const slash = key.indexOf("/");
  const emailKey = slash === -1 ? key : key.slice(0, slash);
  const sha256 = key.slice(slash + 1);
  const plain = filename
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9.]+/g, "-")
    .replaceAll(/\.{2,}/g, ".");
  const dot = plain.lastIndexOf(".");
  const extension = dot > 0 && plain.length - dot <= 11 ? plain.slice(dot).replaceAll("-", "").toLowerCase() : "";
  const stem = (extension === "" ? plain : plain.slice(0, dot)).replaceAll(/^[-.]+|[-.]+$/g, "");
  const prefix = sha256.slice(0, 16);
  const room = NAME_LIMIT - prefix.length - extension.length - 1;
  const cut = stem.slice(0, room);
  return {
    folder: `/inlet/${tenant}/${emailKey}`,
    name: `${prefix}-${cut === "" ? "file" : cut}${extension === "." ? "" : extension}`,
  };
}
