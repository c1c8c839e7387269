/** A connection as the plugin takes it: texts, and nothing that its schema does not name. */

import type { Description, PropertySchema } from './description';
import { isSecret } from './forms';
import type { Connection } from './settings';
import { trimmed } from './text';

export interface Account {
  /** Calls keep their order, and share their part of the process, where this is the same: it is one account. */
  readonly identity: string;
  /** Calls share an instance only where this is the same: it is one connection, secrets and all. */
  readonly key: string;
  readonly config: Record<string, string>;
  /** The only origins that its instances may reach. */
  readonly origins: ReadonlySet<string>;
  /** What no output and no error may show. */
  readonly secrets: readonly string[];
}

/** As many as are looked up once. */
const MOST_KNOWN = 16;

/** Connections as accounts. What was read of one is kept while it is used. */
export class Accounts {
  readonly #description: Description;
  readonly #known = new Map<string, Account>();

  constructor(description: Description) {
    this.#description = description;
  }

  of(connection: Connection): Account {
    const names = Object.keys(this.#description.connection.schema.properties);
    const key = JSON.stringify(names.map((name) => String(connection?.[name] ?? '')));
    const account = this.#known.get(key) ?? accountOf(this.#description, connection);
    // The one that was used last at the end.
    this.#known.delete(key);
    this.#known.set(key, account);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(oldest);
    }
    return account;
  }

  /** Forgets all, and with them the secrets that they have. */
  clear(): void {
    this.#known.clear();
  }
}

/** An empty value is an absent one, as forms send it. */
export function accountOf(description: Description, connection: Connection): Account {
  const config: Record<string, string> = {};
  const named: [string, string][] = [];
  const secrets: string[] = [];
  const origins = new Set<string>();
  for (const [key, property] of Object.entries(description.connection.schema.properties)) {
    const value = String(connection?.[key] ?? '');
    const plain = trimmed(value);
    if (value === '') continue;
    // What is wrong with it the plugin says, in its words.
    config[key] = value;
    if (isSecret(property)) {
      secrets.push(value, plain);
      continue;
    }
    const isOrigin = description.connection.origins.includes(key);
    const origin = isOrigin ? originOf(plain) : null;
    if (origin !== null) origins.add(origin);
    if (plain === '' || isSwitch(property) || property.default === plain) continue;
    named.push([key, isOrigin || property.format === 'uri' ? addressOf(plain) : plain]);
  }
  return { identity: JSON.stringify(named), key: JSON.stringify(config), config, origins, secrets };
}

/** The account with one more that is shown nowhere. */
export function withSecret(account: Account, secret: string | undefined): Account {
  if (secret === undefined) return account;
  return { ...account, secrets: [...account.secrets, secret, trimmed(secret)] };
}

/** Of a text that is no address there is none; the plugin says what is wrong with it. */
export function originOf(address: string): string | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url && ['http:', 'https:'].includes(url.protocol) ? url.origin : null;
}

/** One way of writing it: without capitals in scheme and host, the scheme's own port, and slashes at its end. */
function addressOf(text: string): string {
  const address = URL.canParse(text) ? new URL(text).href : text;
  return address.replace(/\/+$/, '');
}

/** Whether a value says how the account is reached, and not which one it is. */
function isSwitch({ type, enum: values }: PropertySchema): boolean {
  return type === 'boolean' || (values !== undefined && values.every((value) => value === 'true' || value === 'false'));
}
