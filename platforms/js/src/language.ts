/**
 * The texts of a description in another language. A plugin writes its texts in English, and others beside them, by language
 * and by JSON pointer.
 */

import type { Description } from './description';
import { at } from './pointer';

/** The language in which every plugin writes its own texts. */
const BASE = 'en';

/** The members that hold texts for people: names, values and rules are the same in all languages. */
const TEXTS = ['title', 'description', 'reason', 'docs', 'message'];

/**
 * A copy of the description for people, in the first of these languages that it has, and which one that is. `languages` are
 * tags such as `ru-RU`, the best one first. A text that the language lacks is the English one.
 */
export function localized(
  description: Description,
  languages: readonly string[],
): { description: Description; language: string } {
  // It is JSON, and packages are made where there is no structuredClone.
  const copy = JSON.parse(JSON.stringify(description)) as Description;
  const language = lookup(Object.keys(description.i18n ?? {}), languages);
  if (language === undefined) return { description: copy, language: BASE };
  for (const [pointer, text] of Object.entries(description.i18n?.[language] ?? {})) {
    const end = pointer.lastIndexOf('/');
    const place = end < 0 ? undefined : at(copy, pointer.slice(0, end));
    const name = pointer.slice(end + 1);
    if (typeof text !== 'string' || !TEXTS.includes(name) || typeof at(place, `/${name}`) !== 'string') continue;
    (place as Record<string, unknown>)[name] = text;
  }
  return { description: copy, language };
}

/** Which of these is the one, as in RFC 4647, section 3.4; undefined for the base. */
function lookup(there: readonly string[], languages: readonly string[]): string | undefined {
  for (const range of languages) {
    const parts = range.toLowerCase().split('-');
    while (parts.length > 0) {
      const tag = parts.join('-');
      const found = there.find((language) => language.toLowerCase() === tag);
      if (found !== undefined || tag === BASE) return found;
      parts.pop();
      // What introduces an extension goes with it.
      if (parts.at(-1)?.length === 1 && parts.length > 1) parts.pop();
    }
  }
  return undefined;
}
