/** The one place where secrets are taken out of what leaves the host. */

/** A shorter secret could be any word. */
const SHORTEST = 4;

const HIDDEN = '***';

/** What is looked for, by the list that it was made of: the longest first, as one may be a part of another. */
const forms = new WeakMap<readonly string[], readonly string[]>();

/** A text without the secrets, also as JSON writes them. */
export function redact(text: string, secrets: readonly string[]): string {
  let rest = text;
  for (const form of formsOf(secrets)) if (rest.includes(form)) rest = rest.replaceAll(form, HIDDEN);
  return rest;
}

function formsOf(secrets: readonly string[]): readonly string[] {
  const known = forms.get(secrets);
  if (known) return known;
  const long = secrets.filter((secret) => secret.length >= SHORTEST);
  const all = new Set(long.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]));
  const made = [...all].toSorted((a, b) => b.length - a.length);
  forms.set(secrets, made);
  return made;
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
