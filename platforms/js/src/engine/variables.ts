/** What a plugin keeps from one call of a connection to the next: Extism's `var_get` and `var_set`. */

import { beyond, VARIABLE_BYTES, VARIABLES_BYTES } from './caps';

/** Values by name. Never changed: who changes something makes another one. */
export type Variables = ReadonlyMap<string, Uint8Array>;

/** What a run has changed; null stands for a variable that was removed. */
export type Changes = ReadonlyMap<string, Uint8Array | null>;

/** The variables as one run sees them: as they were when its call began, with what the run itself has changed. */
export class View {
  readonly #before: Variables;
  readonly #changes = new Map<string, Uint8Array | null>();

  constructor(before: Variables) {
    this.#before = before;
  }

  get changes(): Changes {
    return this.#changes;
  }

  get(name: string): Uint8Array | undefined {
    const changed = this.#changes.get(name);
    return changed === undefined ? this.#before.get(name) : (changed ?? undefined);
  }

  set(name: string, value: Uint8Array | null): void {
    this.#changes.set(name, value);
    if (sizeOf(changed(this.#before, this.#changes)) > VARIABLES_BYTES) throw beyond('variables', '1 MiB in all');
  }
}

export function changed(before: Variables, changes: Changes): Variables {
  if (changes.size === 0) return before;
  const after = new Map(before);
  for (const [name, value] of changes) {
    if (value) after.set(name, value);
    else after.delete(name);
  }
  return after;
}

function sizeOf(variables: Variables): number {
  let bytes = 0;
  for (const [name, value] of variables) bytes += VARIABLE_BYTES + name.length + value.length;
  return bytes;
}
