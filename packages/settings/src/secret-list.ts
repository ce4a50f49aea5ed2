import { inspect } from "node:util";

/** A secret as used: every valid value, the newest first. Holds no printable form. */
export interface SecretList {
  reveal(): readonly string[];
}

class HiddenSecrets implements SecretList {
  readonly #values: readonly string[];

  constructor(values: readonly string[]) {
    this.#values = Object.freeze([...values]);
  }

  reveal(): readonly string[] {
    return this.#values;
  }

  toString(): string {
    return `[${this.#values.length} secret${this.#values.length === 1 ? "" : "s"}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** Secrets that no log, JSON or inspection prints; the newest first. */
export function secretList(values: readonly string[]): SecretList {
  return new HiddenSecrets(values);
}
