import { cloudmailin } from "./cloudmailin/cloudmailin.ts";
import { mailgun } from "./mailgun/mailgun.ts";
import { PROVIDER_KINDS } from "./port.ts";
import type { Provider, ProviderKind } from "./port.ts";
import { postmark } from "./postmark/postmark.ts";
import { sendgrid } from "./sendgrid/sendgrid.ts";
import { ses } from "./ses/ses.ts";

/** Every provider. A new one is a folder beside this file and a line here. */
export const PROVIDERS: Readonly<Record<ProviderKind, Provider>> = { postmark, mailgun, sendgrid, ses, cloudmailin };

export function isProviderKind(kind: string): kind is ProviderKind {
  return (PROVIDER_KINDS as readonly string[]).includes(kind);
}
