/** How much of its host a plugin may use: the numbers of docs/contract.md, as far as one thread can hold it to them. */

const MIB = 2 ** 20;

/** All memory of an instance; and as much again for the blocks of a run. */
export const MEMORY_BYTES = 64 * MIB;

/** Blocks of a run. */
export const BLOCKS = 10_000;

/** Requests of a call. No service's action needs more; a plugin that repeats for ever by itself would. */
export const REQUESTS = 64;

export const OUTPUT_BYTES = 8 * MIB;
export const ERROR_BYTES = 64 * 1024;

/** What a connection's variables may count together, and what each counts beside its name and value. */
export const VARIABLES_BYTES = MIB;
export const VARIABLE_BYTES = 64;

/** Lines of a run's log, and characters of one; and of what is logged, before secrets are taken out of it. */
export const LOG_LINES = 100;
export const LOG_LINE = 4096;
export const LOGGED = 16 * LOG_LINE;

/** Ends a run in the middle; for people. Its instance is not to be used again. */
export class Halt extends Error {}

/** A plugin went beyond a cap. */
export function beyond(cap: string, what: string): Halt {
  return new Halt(`it went beyond the cap "${cap}": ${what}.`);
}
