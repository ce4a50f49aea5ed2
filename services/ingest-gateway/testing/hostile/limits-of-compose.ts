/** What docker-compose.yml gives the gateway's container, bytes; a test holds the two together. */
export const CONTAINER_BYTES = 512 * 1024 * 1024;
/** What Node makes its heap of in such a container, MiB: half of it. */
export const HEAP_MIB = 256;
