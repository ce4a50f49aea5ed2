import { signingSecretFault, type SettingsReading } from "@inlet/settings";
import type { NotificationsFile } from "../tenant-file/notifications-file.ts";
import type { NotificationConfig } from "../types.ts";

/** The notifications of a file, by name. */
export function toNotificationConfigs(
  notices: NotificationsFile,
  { resolved, secrets, fault }: SettingsReading,
): ReadonlyMap<string, NotificationConfig> {
  return new Map(
    Object.entries(notices).map(([name, notice]) => {
      const at = `notices.${name}`;
      const url = /^(env|file):/.test(notice.url) ? resolved(`${at}.url`, notice.url) : notice.url;
      if (url !== undefined && !isSafe(url)) {
        fault(`${at}.url`, "is not an https URL without credentials", "Give one; http is for this machine alone");
      }
      return [name, { name, url: url ?? "", secret: secrets(`${at}.secret`, notice.secret, signingSecretFault) }];
    }),
  );
}

/** What a notification tells is of people: it goes encrypted, or stays on this machine. */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
