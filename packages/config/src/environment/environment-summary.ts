import type { Environment } from "../types.ts";

/** The environment for the start-up log: one flat object; secrets only as `present` or `absent`, URLs without user and query. */
export function summary(environment: Environment): Record<string, string | number | boolean | null> {
  const { kafka, schemaRegistry, http, smtp } = environment;
  return {
    kafkaBrokers: kafka.brokers.join(","),
    kafkaSsl: kafka.ssl,
    kafkaSasl: kafka.sasl === null ? "absent" : `present (${kafka.sasl.mechanism})`,
    schemaRegistryUrl: bareUrl(schemaRegistry.url),
    schemaRegistryAuth: presence(schemaRegistry.auth),
    databaseUrl: bareUrl(environment.databaseUrl),
    databasePassword: presence(passwordIn(environment.databaseUrl)),
    blobStoreUrl: bareUrl(environment.blobStoreUrl),
    tenantsDir: environment.tenantsDir,
    lanes: environment.lanes.join(","),
    publicUrl: bareUrl(environment.publicUrl),
    urlSigningKeys:
      environment.urlSigningKeys.length === 0 ? "absent" : `present (${environment.urlSigningKeys.length})`,
    searchKey: presence(environment.searchKey),
    consoleUrl: environment.consoleUrl,
    oidcIssuer: environment.oidc?.issuer ?? null,
    oidcClientSecret: presence(environment.oidc?.clientSecret),
    tracesUrl: bareUrl(environment.tracesUrl ?? ""),
    otlpEndpoint: bareUrl(environment.otlpEndpoint ?? ""),
    clamdUrl: bareUrl(environment.clamdUrl ?? ""),
    parkedMaxBytes: environment.parkedMaxBytes,
    logLevel: environment.logLevel,
    inletUrl: bareUrl(environment.inletUrl ?? ""),
    inletToken: presence(environment.inletToken),
    httpHost: http.host,
    httpPort: http.port,
    httpTls: environment.httpTls,
    tlsCertFile: environment.tls?.certFile ?? null,
    trustedProxies: environment.trustedProxies.join(","),
    smtpHost: smtp.host,
    smtpPort: smtp.port,
    smtpsPort: smtp.tlsPort,
    lmtpPort: smtp.lmtpPort,
    smtpName: smtp.name,
  };
}

function presence(value: unknown): string {
  return value === null || value === undefined || value === "" ? "absent" : "present";
}

function passwordIn(url: string): string {
  return URL.canParse(url) ? new URL(url).password : "";
}

function bareUrl(text: string): string | null {
  if (text === "") return null;
  const url = new URL(text);
  url.username = "";
  url.password = "";
  url.search = "";
  return url.href;
}
