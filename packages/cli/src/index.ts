export { main } from "./main.ts";
export { commandNames } from "./command-names.ts";
