/** Runs a plugin of docs/contract.md in Node.js. */

export { ActionError } from './error';
export type { ErrorDocument, Kind, Problem, Upstream } from './error';
export type * from './description';
export type { CallOptions, Connection, Plugin, Settings } from './settings';
export { loadPlugin } from './plugin';
export { isLasting, mayRepeat, Patience } from './repeats';
export { inTitleCase, messageOf, problemsOf, type Named } from './words';
