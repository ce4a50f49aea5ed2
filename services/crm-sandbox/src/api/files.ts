import { createHash } from "node:crypto";
import { problems } from "../problem.ts";
import type { StoredFile } from "../store/stored.ts";
import type { FileContents } from "../store/file-contents.ts";
import type { ApiCall, ApiContext, Route } from "./api-call.ts";

const ACCESS = ["PRIVATE", "PUBLIC_INDEXABLE", "PUBLIC_NOT_INDEXABLE", "HIDDEN_INDEXABLE", "HIDDEN_NOT_INDEXABLE"];

/** The file manager: upload, metadata, look-up by path, signed URL, removal. A path is taken once: without `overwrite` a number is added. */
export function fileRoutes(context: ApiContext, contents: FileContents): Route[] {
  const { store, now } = context;
  const url = "/files/:version/files";

  function theFile(call: ApiCall): StoredFile {
    const file = store.file(call.params["id"] ?? "");
    if (file === undefined) throw problems.notFound("No file with that id");
    return file;
  }

  return [
    {
      method: "POST",
      url,
      handler: ({ upload }) => {
        const { file, fields } = upload ?? {};
        if (file === undefined || file === null || fields === undefined) throw problems.invalid("`file` is required");
        const { overwrite, access } = uploadOptions(fields["options"]);
        const folder = getFolder(fields);
        const { name, extension } = nameParts(fields["fileName"] ?? file.name);
        const place = freePlace(folder, name, extension, overwrite);
        const { there } = place;
        const stored: StoredFile = {
          id: there?.id ?? store.nextId(),
          name: place.name,
          extension,
          folder,
          path: place.path,
          contentType: file.contentType,
          access,
          size: file.bytes.length,
          sha256: createHash("sha256").update(file.bytes).digest("hex"),
          createdAt: there?.createdAt ?? now(),
          updatedAt: now(),
          archived: false,
        };
        contents.put(stored.id, file.bytes);
        store.putFile(stored);
        return { status: 201, body: shownFile(stored) };
      },
    },
    {
      method: "GET",
      url: `${url}/stat/*`,
      handler: ({ params }) => {
        const path = `/${(params["*"] ?? "").replace(/^\/+/, "")}`;
        const file = store.fileAt(path);
        if (file !== undefined) return { status: 200, body: { file: shownFile(file) } };
        if (store.files().some(({ folder }) => folder === path || folder.startsWith(`${path}/`))) {
          return { status: 200, body: { folder: { id: path, path, name: path.split("/").at(-1) } } };
        }
        throw problems.noFile();
      },
    },
    { method: "GET", url: `${url}/:id`, handler: (call) => ({ status: 200, body: shownFile(theFile(call)) }) },
    {
      method: "GET",
      url: `${url}/:id/signed-url`,
      handler: (call) => {
        const file = theFile(call);
        const { name, extension, size } = file;
        const expiresAt = new Date(now() + 5 * 60_000).toISOString();
        return {
          status: 200,
          body: { url: `/files-content/${file.id}`, expiresAt, name, extension, size, type: "DOCUMENT" },
        };
      },
    },
    {
      method: "DELETE",
      url: `${url}/:id`,
      handler: (call) => {
        store.putFile({ ...theFile(call), archived: true, updatedAt: now() });
        return { status: 204 };
      },
    },
  ];

  function freePlace(
    folder: string,
    name: string,
    extension: string,
    overwrite: boolean,
  ): { readonly name: string; readonly path: string; readonly there: StoredFile | undefined } {
    for (let n = 0; ; n += 1) {
      const numbered = n === 0 ? name : `${name}-${n}`;
      const path = `${folder === "/" ? "" : folder}/${numbered}${extension === "" ? "" : `.${extension}`}`;
      const there = store.fileAt(path);
      if (there === undefined || overwrite) return { name: numbered, path, there };
    }
  }
}

function uploadOptions(given: string | undefined): { readonly overwrite: boolean; readonly access: string } {
  let read: unknown = null;
  try {
    read = JSON.parse(given ?? "null");
  } catch {
    throw problems.badJson("`options` is not JSON");
  }
  const { access, overwrite } = (read ?? {}) as { access?: unknown; overwrite?: unknown };
  if (typeof access !== "string" || !ACCESS.includes(access)) throw problems.invalid("`options.access` is required");
  return { access, overwrite: overwrite === true };
}

function getFolder(fields: Readonly<Record<string, string>>): string {
  const { folderId, folderPath } = fields;
  if ((folderId === undefined) === (folderPath === undefined)) {
    throw problems.invalid("Exactly one of folderId and folderPath must be given");
  }
  return `/${(folderPath ?? folderId ?? "").replaceAll(/^\/+|\/+$/g, "")}`;
}

function nameParts(fileName: string): { readonly name: string; readonly extension: string } {
  // HubSpot keeps letters, digits and a few marks; the rest becomes a dash.
  const plain = fileName.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
  const dot = plain.lastIndexOf(".");
  return dot > 0
    ? { name: plain.slice(0, dot), extension: plain.slice(dot + 1).toLowerCase() }
    : { name: plain, extension: "" };
}

function shownFile(file: StoredFile): object {
  return {
    id: file.id,
    createdAt: new Date(file.createdAt).toISOString(),
    updatedAt: new Date(file.updatedAt).toISOString(),
    archived: false,
    parentFolderId: createHash("sha256").update(file.folder).digest().readUIntBE(0, 5).toString(),
    name: file.name,
    path: file.path,
    size: file.size,
    type: file.contentType.startsWith("image/") ? "IMG" : "DOCUMENT",
    extension: file.extension,
    access: file.access,
    defaultHostingUrl: `/files-content/${file.id}`,
    url: `/files-content/${file.id}`,
    isUsableInContent: true,
  };
}
