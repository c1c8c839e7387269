/** The description in other languages. Runs when the package is built. */

import type { Description } from 'plugin-engine';

/** By language and by JSON pointer: the texts of docs/contract.md, "Languages". */
type Translated = Description & { i18n?: Record<string, Record<string, string>> };

export function languagesOf(description: Description): string[] {
  return Object.keys((description as Translated).i18n ?? {});
}

/** A text that the language lacks is the English one. */
export function inLanguage(description: Description, language: string): Description {
  const copy = structuredClone(description) as Translated;
  for (const [pointer, text] of Object.entries(copy.i18n?.[language] ?? {})) put(copy, pointer, text);
  return copy;
}

/** Where a pointer leads to no text, there is nothing to put in. */
function put(root: unknown, pointer: string, text: string): void {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  const holder = steps.reduce((at: any, step) => (Object.hasOwn(Object(at), step) ? at[step] : undefined), root as any);
  if (typeof holder?.[last] === 'string') holder[last] = text;
}
