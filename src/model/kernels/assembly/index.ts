// The module's exports.
export { run } from "./step";
