export { parseJson } from "../signed-json/parse.ts";
