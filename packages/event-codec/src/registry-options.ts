/** Where the registry's Confluent API is, and who asks. */
export interface RegistryOptions {
  /** Up to and without `/subjects`: `http://registry:8080/apis/ccompat/v7` for Apicurio. */
  readonly url: string;
  readonly auth: { readonly username: string; readonly password: string } | null;
}

/** A registry answers within this or counts as away, ms. */
export const REGISTRY_TIMEOUT_MS = 5000;
