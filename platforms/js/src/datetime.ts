/** Date-times as platforms hand them over, made into what plugins read: RFC 3339 with an offset. */

const DATE_TIME =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[Tt ](?<time>\d{2}:\d{2})(?<seconds>:\d{2}(?:\.\d+)?)?)?\s*(?<offset>[Zz]|[+-]\d{2}:?\d{2})?$/;

/**
 * A date-time without offset is meant in `zone`, and a date alone as the first moment of its day there. Expressions
 * give JavaScript's `Date` and Luxon's `DateTime` besides.
 *
 * What is not understood, or has neither offset nor zone, is left as it is, for the plugin to take or to refuse with
 * its reasons.
 */
export function toRfc3339(value: unknown, zone: string | null | undefined): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (isLuxon(value)) return value.toISO() ?? String(value);
  const parts = typeof value === 'string' ? DATE_TIME.exec(value.trim())?.groups : undefined;
  if (!parts) return value;
  const local = `${parts.date}T${parts.time ?? '00:00'}${parts.seconds ?? ':00'}`;
  const offset = parts.offset ? withColon(parts.offset) : offsetOf(local, zone);
  return offset === undefined ? value : local + offset;
}

/** By what it can do: a platform's Luxon is not ours to import. */
function isLuxon(value: unknown): value is { toISO(): string | null } {
  return typeof (value as { toISO?: unknown } | null | undefined)?.toISO === 'function';
}

function withColon(offset: string): string {
  return offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase();
}

/** The offset that a zone's clocks have when they show this time. There is none for a time that is none. */
function offsetOf(local: string, zone: string | null | undefined): string | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (!zone || Number.isNaN(asUtc)) return undefined;
  try {
    // The first guess can lie on the other side of a change of the clocks.
    const guess = offsetAt(asUtc, zone);
    return offsetAt(asUtc + Date.parse(`1970-01-01T00:00:00${guess}`), zone);
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
