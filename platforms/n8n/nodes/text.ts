/** A description's texts in the style that n8n has for the texts of its editor. */

import type { Field } from 'plugin-engine/forms';

/** What a field is for, without what its form already shows. */
export function fieldDescription(field: Field): string {
  const told = sentences(field.description).filter((sentence) => !isShown(sentence, field));
  // How machines write dates. People pick them.
  const texts = field.kind === 'dateTime' ? told.map((sentence) => sentence.replace(/: .*/, '')) : told;
  return field.kind === 'boolean' ? whether(field.title, texts) : joined(texts);
}

/** The last full stop is left out where there is only one. */
export function joined(texts: string[]): string {
  const [first = '', ...rest] = texts;
  return rest.length === 0 ? first : texts.map((text) => `${text}.`).join(' ');
}

export function sentences(text: string): string[] {
  return text
    .split(/\.(?:\s+|$)/)
    .map((sentence) => sentence.trim().replace(/\bid(s?)\b/g, 'ID$1'))
    .filter((sentence) => sentence !== '');
}

/** The title stands above; choices have descriptions of their own; a field that is required somewhere has a star. */
function isShown(sentence: string, { title, choices, required }: Field): boolean {
  return (
    sentence.toLowerCase().replace(/^(?:the|an?) /, '') === title.toLowerCase() ||
    choices.some(({ value }) => sentence.startsWith(`${value}: `)) ||
    (required !== false && sentence.startsWith('Required for '))
  );
}

/** Of a switch n8n says whether to do what it stands for. */
function whether(title: string, [first = '', ...rest]: string[]): string {
  const [, verb, object] = /^([A-Z][a-z]+[^s\s])s (.*)$/s.exec(first) ?? [];
  if (verb) return joined([`Whether to ${verb.toLowerCase()} ${object}`, ...rest]);
  return joined([`Whether "${title}" is on`, ...(first ? [first] : []), ...rest]);
}

/** One of several: "tags" are each a "tag". What has no such ending stays as it is, and so do "goods". */
export function singular(words: string): string {
  if (/(?:ss|us|is|goods|news|series)$/i.test(words)) return words;
  if (/[^aeiou]ies$/i.test(words)) return words.replace(/ies$/i, 'y');
  if (/(?:ss|x|ch|sh|status)es$/i.test(words)) return words.slice(0, -2);
  return words.replace(/s$/i, '');
}

/** What a button adds to a list: a "Tag" to "Tags", and to "Goods" an item. */
export function oneOf(title: string): string {
  const one = singular(title);
  return one === title ? `${title} Item` : one;
}
