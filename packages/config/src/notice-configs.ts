import type { NoticesFile } from "./notices-file.ts";
import { secretFault } from "./source-secrets.ts";
import type { NoticeConfig, SecretList } from "./types.ts";

interface NoticeReading {
  readonly resolved: (field: string, reference: string) => string | undefined;
  readonly secrets: (
    field: string,
    references: string | readonly string[],
    check: (value: string) => ReturnType<typeof secretFault>,
  ) => SecretList;
  readonly fault: (field: string, problem: string, remedy: string) => void;
}

/** The notices of a file, by name. */
export function noticeConfigs(
  notices: NoticesFile,
  { resolved, secrets, fault }: NoticeReading,
): ReadonlyMap<string, NoticeConfig> {
  return new Map(
    Object.entries(notices).map(([name, notice]) => {
      const at = `notices.${name}`;
      const url = /^(env|file):/.test(notice.url) ? resolved(`${at}.url`, notice.url) : notice.url;
      if (url !== undefined && !isSafe(url)) {
        fault(`${at}.url`, "is not an https URL without credentials", "Give one; http is for this machine alone");
      }
      return [name, { name, url: url ?? "", secret: secrets(`${at}.secret`, notice.secret, signingFault) }];
    }),
  );
}

/** What a notice tells is of people: it goes encrypted, or stays on this machine. */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}

/** What is wrong with a secret that signs; undefined when it can be used. */
export function signingFault(secret: string): ReturnType<typeof secretFault> {
  if (!secret.startsWith("whpk_")) return secretFault("standard-webhooks", secret);
  return {
    problem: "is a public key, which signs nothing",
    remedy: "Make a secret: `echo whsec_$(openssl rand -base64 32)`",
  };
}
