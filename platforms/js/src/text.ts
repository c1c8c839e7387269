/** Texts: as people paste them, and a description's in the style that editors have for theirs. */

/** What has no shape at the ends of a text: blanks, controls, and marks of order, width and direction (U+FEFF, U+200B). */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Z}]+`;
const ENDS = new RegExp(`^${UNSEEN}|${UNSEEN}$`, 'gu');

/** The text without what can't be seen at its ends. */
export function trimmed(text: string): string {
  return text.replace(ENDS, '');
}

const SMALL = new Set('a an and as at but by for in nor of on or the to with'.split(' '));
const ACRONYMS = new Map(['api', 'http', 'https', 'id', 'json', 'url'].map((word) => [word, word.toUpperCase()]));

/** Names are in title case: "Update order status" is "Update Order Status". */
export function titleCase(title: string): string {
  return title.replace(/[^\s-]+/g, (word, at: number) => {
    const plain = word.toLowerCase();
    const isInside = at > 0 && at + word.length < title.length;
    return ACRONYMS.get(plain) ?? (isInside && SMALL.has(plain) ? plain : capitalised(word));
  });
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
