export { createSurroundings } from "./surroundings.ts";
