/** When a service wants to be asked again. */

/** Nobody waits for longer than a day. */
const LONGEST_S = 24 * 60 * 60;

/** The seconds that a `Retry-After` header asks for: a number, or an HTTP date. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return bounded(Number(value));
  const date = /^[A-Za-z]{3}, .* GMT$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : bounded(Math.max(0, Math.ceil((date - now) / 1000)));
}

export function bounded(seconds: number): number {
  return Math.min(seconds, LONGEST_S);
}
