import type { SecretList } from "./secret-list.ts";

/** What is wrong with a secret, never its value. */
export interface SecretFault {
  readonly problem: string;
  readonly remedy: string;
}

/** Collects what is wrong with a setting; `field` is its full name, such as `crm.baseUrl`. */
export type SettingFault = (field: string, problem: string, remedy: string) => void;

/** What reading a file's settings lends to each part: references are resolved, and faults are collected. */
export interface SettingsReading {
  /** Undefined where the reference stands for nothing, which is a fault already. */
  readonly resolved: (field: string, reference: string) => string | undefined;
  readonly secrets: (
    field: string,
    references: string | readonly string[],
    check?: (value: string) => SecretFault | undefined,
  ) => SecretList;
  readonly fault: SettingFault;
}
