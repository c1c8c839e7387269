/** The one place where secrets are taken out of what leaves the host. */

/** A shorter secret could be any word. */
const SHORTEST = 4;

const HIDDEN = '***';

/** A text without the secrets, also as JSON writes them. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

/** What JSON holds, each of its texts and names without the secrets. */
export function redacted<T>(value: T, secrets: readonly string[]): T {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value, secrets);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, value]) => [redact(key, secrets), clean(value)]));
  };
  return clean(value) as T;
}
