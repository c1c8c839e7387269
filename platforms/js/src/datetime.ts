/**
 * Dates as people and programs write them, made into what plugins read: an RFC 3339 date-time with an offset. The table
 * of all hosts is tests/vectors/moments.json.
 */

import { trimmed } from './text';

/** The first that plugins take, and the first that they don't: 2000 and 2050. */
const FIRST = Date.UTC(2000) / 1000;
const END = Date.UTC(2050) / 1000;

const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,]\d+)?)?`;
const OFFSET = String.raw`(?<offset>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)`;

/** The year first, as machines write it. */
const ISO = new RegExp(
  String.raw`^(?<year>\d{4})(?<dash>[-/])(?<month>\d{1,2})\k<dash>(?<day>\d{1,2})(?:(?:[Tt]| +)${TIME}(?: ?${OFFSET})?)?$`,
);
/** As Russia and Germany write it. */
const DOTTED = new RegExp(String.raw`^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})(?:,? +${TIME})?$`);
/** Day or month first: which, can be told where one of them is over 12, or both are the same. */
const SLASHED = new RegExp(String.raw`^(?<a>\d{1,2})/(?<b>\d{1,2})/(?<year>\d{4})(?:,? +${TIME})?$`);
/** JavaScript's `Date` as a text, and what mail and HTTP write. */
const WORDS = new RegExp(
  String.raw`^[A-Z][a-z]{2},? (?:(?<mon>[A-Z][a-z]{2}) (?<day>\d{1,2})|(?<day2>\d{1,2}) (?<mon2>[A-Z][a-z]{2})) (?<year>\d{4}) ${TIME} (?=[GU+-])(?:GMT|UTC)?(?<offset>[+-]\d{4})?(?: \(.*\))?$`,
);
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

type Parts = Record<string, string | undefined>;

/**
 * A moment without offset is meant in `zone`, and a day alone as its first moment there. Expressions give JavaScript's
 * `Date`, Luxon's `DateTime` and milliseconds besides.
 *
 * What is not understood, is ambiguous, or has neither offset nor zone, is left as it is: the plugin refuses it, with
 * its reasons.
 */
export function toRfc3339(value: unknown, zone: string | null | undefined): unknown {
  const told = fromObject(value);
  if (told !== undefined) return told;
  if (typeof value === 'number') return fromNumber(value) ?? value;
  if (typeof value !== 'string') return value;
  const text = trimmed(value);
  if (/^\d+(?:\.0+)?$/.test(text)) return fromNumber(Number(text)) ?? value;
  return fromText(text, zone) ?? value;
}

/**
 * Luxon's and Moment's objects and JavaScript's own, by what they can do: a platform's libraries are not ours to import,
 * and its expressions come from another realm.
 */
function fromObject(value: unknown): string | undefined {
  const { toISO, toISOString } = Object(value) as { toISO?: unknown; toISOString?: unknown };
  const method = [toISO, toISOString].find((method) => typeof method === 'function') as (() => unknown) | undefined;
  if (typeof value !== 'object' || !method) return undefined;
  try {
    return String(method.call(value) ?? value);
  } catch {
    return String(value); // No date at all.
  }
}

/** Seconds stay; a number that is a moment in milliseconds alone is one, since plugins take seconds. */
function fromNumber(value: number): number | undefined {
  if (Number.isInteger(value) && value >= FIRST && value < END) return value;
  return value >= FIRST * 1000 && value < END * 1000 ? Math.floor(value / 1000) : undefined;
}

function fromText(text: string, zone: string | null | undefined): string | undefined {
  const parts = read(text);
  if (!parts) return undefined;
  const { year = '', month = '', day = '', hour = '0', minute = '00', second = '00', offset } = parts;
  const two = (digits: string) => digits.padStart(2, '0');
  const local = `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}`;
  if (!isMoment(local)) return undefined;
  const shift = offset === undefined ? offsetOf(local, zone) : offsetFrom(offset);
  return shift === undefined ? undefined : local + shift;
}

function read(text: string): Parts | undefined {
  const plain = (ISO.exec(text) ?? DOTTED.exec(text))?.groups;
  if (plain) return plain;
  const slashed = SLASHED.exec(text)?.groups;
  if (slashed) {
    const [a, b] = [Number(slashed.a), Number(slashed.b)];
    if (a <= 12 && b <= 12 && a !== b) return undefined;
    return { ...slashed, ...(a > 12 ? { day: slashed.a, month: slashed.b } : { day: slashed.b, month: slashed.a }) };
  }
  const words = WORDS.exec(text)?.groups;
  if (!words) return undefined;
  const month = MONTHS.indexOf(words.mon ?? words.mon2 ?? '') + 1;
  return { ...words, day: words.day ?? words.day2, month: String(month), offset: words.offset ?? 'Z' };
}

/** Whether the calendar and the clock have it. */
function isMoment(local: string): boolean {
  const instant = Date.parse(`${local}Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(local);
}

/** `+04:00`, if there is such an offset. */
function offsetFrom(text: string): string | undefined {
  if (/^[A-Za-z]/.test(text)) return 'Z';
  const hours = text.slice(1, 3);
  const minutes = text.slice(3).replace(':', '') || '00';
  return Number(hours) > 23 || Number(minutes) > 59 ? undefined : `${text[0]}${hours}:${minutes}`;
}

/**
 * The offset that a zone's clocks have when they show this time: the first where they show it twice, and the one from
 * before where they skip it.
 */
function offsetOf(local: string, zone: string | null | undefined): string | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (!zone) return undefined;
  try {
    const before = offsetAt(asUtc - 24 * 3600 * 1000, zone);
    const after = offsetAt(asUtc + 24 * 3600 * 1000, zone);
    const shows = (offset: string) => offsetAt(Date.parse(local + offset), zone) === offset;
    return shows(before) || !shows(after) ? before : after;
  } catch {
    return undefined; // A zone that this runtime does not know.
  }
}

/** The offset of a zone at an instant, as `+04:00`. */
function offsetAt(instant: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return name.replace('GMT', '') || '+00:00';
}
