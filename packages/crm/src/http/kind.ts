import type { z } from "zod";
import { adapterOptions, type CrmKind } from "../kind.ts";
import { createAccessTokens } from "../oauth/access-tokens.ts";
import { credentials } from "./credentials.ts";
import { createHttpCrm } from "./http.ts";
import { httpFile, lackingForRules, readHttp, type HttpSettings } from "./settings.ts";

export const http: CrmKind<z.output<typeof httpFile>, HttpSettings> = {
  name: "http",
  file: httpFile,
  batching: false,
  read: readHttp,
  lackingForRules,
  create: (settings, context) => {
    const { auth, requests, token } = settings;
    return createHttpCrm({
      ...adapterOptions(settings, context),
      requests,
      tokens: createAccessTokens(settings, context),
      // Signatures are made with every secret, the older ones too; an access token stands by itself.
      authorization: (current, request) =>
        credentials(auth, auth === "standard-webhooks" ? token.reveal() : [current], request),
    });
  },
};
