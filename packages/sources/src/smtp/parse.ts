export { parseRaw } from "../raw-mime/parse.ts";
