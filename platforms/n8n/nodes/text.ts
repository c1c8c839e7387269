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

/** One of them: "Tags" has tags, and of "Goods" there is an item. */
export function singular(title: string): string {
  return /[^s]s$/.test(title) && !/(?:ds|ies|news)$/i.test(title) ? title.slice(0, -1) : `${title} Item`;
}
