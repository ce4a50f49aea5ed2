import { cloudmailin } from "./cloudmailin/kind.ts";
import type { SourceKind } from "./kind.ts";
import { mailgun } from "./mailgun/kind.ts";
import { postmark } from "./postmark/kind.ts";
import { rawMime } from "./raw-mime/kind.ts";
import { sendgrid } from "./sendgrid/kind.ts";
import { ses } from "./ses/kind.ts";
import { signedJson } from "./signed-json/kind.ts";
import { smtp } from "./smtp/kind.ts";
import { standardWebhooks } from "./standard-webhooks/kind.ts";

/** Every way in that Inlet knows: a new one is a folder, and a line here. */
export const SOURCE_KINDS: readonly SourceKind[] = [
  signedJson,
  standardWebhooks,
  rawMime,
  smtp,
  postmark,
  mailgun,
  sendgrid,
  ses,
  cloudmailin,
];

/** Undefined for a kind that is not known, or not any more. */
export function findSourceKind(name: string, kinds: readonly SourceKind[] = SOURCE_KINDS): SourceKind | undefined {
  return kinds.find((each) => each.name === name);
}

export function getSourceKind(name: string, kinds: readonly SourceKind[] = SOURCE_KINDS): SourceKind {
  const kind = findSourceKind(name, kinds);
  if (kind === undefined) throw new Error(`no source of kind ${name}`);
  return kind;
}
