export { main } from "./main.ts";
export { operateByApi, operateOn, type Operator } from "./operate/operator.ts";
export { commandNames } from "./command-names.ts";
