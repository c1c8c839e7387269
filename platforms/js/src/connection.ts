/** A connection as the plugin takes it: texts, and nothing that its schema does not name. */

import type { Description } from './description';
import { isSecret } from './forms';
import type { Connection } from './settings';

/** A shorter secret could be any word. */
const SHORTEST = 8;

export interface Account {
  /** Calls share an instance, and a queue for each subject, only where this is the same. */
  readonly identity: string;
  readonly config: Record<string, string>;
  /** The only origins that its instances may reach. */
  readonly origins: ReadonlySet<string>;
  /** What no error may show. */
  readonly secrets: readonly string[];
}

/** An empty value is an absent one, as forms send it. */
export function accountOf(description: Description, connection: Connection): Account {
  const config: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [key, property] of Object.entries(description.connection.schema.properties)) {
    const value = String(connection?.[key] ?? '');
    if (value === '') continue;
    config[key] = value;
    if (isSecret(property)) secrets.push(value);
  }
  const origins = description.connection.origins.map((key) => originOf(config[key] ?? ''));
  return {
    identity: JSON.stringify(config),
    config,
    origins: new Set(origins.filter((origin) => origin !== null)),
    secrets,
  };
}

/** Of a text that is no address there is none; the plugin says what is wrong with it. */
export function originOf(address: string): string | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url && ['http:', 'https:'].includes(url.protocol) ? url.origin : null;
}

/** The text without the secrets, also as JSON writes them. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
