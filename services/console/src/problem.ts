export { badInput, notAllowed, notFound, Problem, signedOut } from "@inlet/operations";
