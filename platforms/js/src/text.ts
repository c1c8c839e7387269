/** A description's texts in the style that editors have for theirs. */

const SMALL = new Set('a an and as at but by for from in nor of on or the to with'.split(' '));
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
