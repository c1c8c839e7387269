/** What an operator lets plugins reach that is not on the public internet. */

import { originOf } from '../connection';
import { addressOf, bare } from './address';
import { isPublic } from './special';

/** The environment variable that says it, alike in all packages. */
export const ALLOW_PRIVATE = 'PLUGIN_ALLOW_PRIVATE';

/**
 * Whoever may write a connection in a shared n8n or Node-RED could look around in its network with it. So an address
 * that is not public is refused, but where the operator names it.
 */
export class PrivateAccess {
  readonly #everything: boolean;
  readonly #origins = new Set<string>();
  /** Of `https://*.shop.example`: `https:`, `.shop.example` and the port. */
  readonly #below: { protocol: string; domain: string; port: string }[] = [];

  /**
   * Origins with commas or blanks between them: `http://127.0.0.1:8080 https://*.shop.internal`, or `*` for all. What
   * is none is no rule.
   */
  constructor(rules: string) {
    const list = rules.split(/[\s,]+/).filter((rule) => rule !== '');
    this.#everything = list.includes('*');
    for (const rule of list) {
      const parent = originOf(rule.replace('://*.', '://'));
      if (parent === null) continue;
      if (!rule.includes('://*.')) this.#origins.add(parent);
      else if (!isAddress(new URL(parent).hostname)) this.#below.push(subDomains(new URL(parent)));
    }
  }

  /** Whether `address`, which the host of `origin` has, may be connected to. */
  allows(origin: string, address: string): boolean {
    return isPublic(address) || this.names(origin);
  }

  /** Whether a rule names this origin, wherever it is. */
  names(origin: string): boolean {
    if (this.#everything || this.#origins.has(origin)) return true;
    const { protocol, hostname, port } = new URL(origin);
    return this.#below.some(
      (rule) => rule.protocol === protocol && rule.port === port && hostname.endsWith(rule.domain),
    );
  }
}

function isAddress(host: string): boolean {
  return addressOf(bare(host)) !== null;
}

function subDomains({ protocol, hostname, port }: URL) {
  return { protocol, domain: `.${hostname}`, port };
}
