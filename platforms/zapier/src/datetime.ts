/** Date-times as Zapier hands them over, made into what plugins read: RFC 3339 with an offset. */

const DATE_TIME =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[Tt ](?<time>\d{2}:\d{2})(?<seconds>:\d{2}(?:\.\d+)?)?)?\s*(?<offset>[Zz]|[+-]\d{2}:?\d{2})?$/;

/**
 * Zapier's editor makes an ISO 8601 date-time with an offset of whatever a person enters. What comes from its API, or
 * from an agent, may lack the offset, the time or the offset's colon: a date-time without offset is meant in the time
 * zone of the account or the Zap, a date alone as its first moment there.
 *
 * What is not understood, or has neither offset nor zone, is left as it is, for the plugin to refuse with its reasons.
 */
export function toRfc3339(value: unknown, zone: string | null | undefined): unknown {
  const parts = typeof value === 'string' ? DATE_TIME.exec(value.trim())?.groups : undefined;
  if (!parts) return value;
  const local = `${parts.date}T${parts.time ?? '00:00'}${parts.seconds ?? ':00'}`;
  const offset = parts.offset ? withColon(parts.offset) : offsetOf(local, zone);
  return offset === undefined ? value : local + offset;
}

function withColon(offset: string): string {
  return offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase();
}

/** The offset that a zone's clocks have when they show this local time. */
function offsetOf(local: string, zone: string | null | undefined): string | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (!zone || Number.isNaN(asUtc)) return undefined;
  try {
    const first = offsetAt(asUtc, zone);
    return offsetAt(asUtc + Date.parse(`1970-01-01T00:00:00${first}`), zone);
  } catch {
    return undefined; // A zone that this runtime does not know.
  }
}

/** The offset of a zone at an instant, as `+04:00`. */
function offsetAt(instant: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? '';
  return name.replace('GMT', '') || '+00:00';
}
