/** All that a search finds, page by page. */

import { pagingFields } from './action';
import type { Action } from './description';
import { internal } from './error';
import type { CallOptions, Connection, Plugin } from './settings';

/** More pages than anybody waits for: a service that never comes to an end is stopped there. */
const MOST_PAGES = 1000;

export interface SearchOptions extends CallOptions {
  /** How many items at most; all, if it is not given. */
  limit?: number;
}

/** The items of a search. Fails with an `ActionError`. */
export async function allItems(
  plugin: Pick<Plugin, 'call'>,
  action: Action,
  input: Record<string, unknown>,
  connection: Connection,
  { limit = Infinity, ...options }: SearchOptions = {},
): Promise<unknown[]> {
  const paging = pagingFields(action);
  const found: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const asked = {
      ...input,
      ...(cursor !== undefined && { cursor }),
      ...(paging.includes('limit') && Number.isFinite(limit) && { limit: pageSize(action, limit - found.length) }),
    };
    const output = await plugin.call(action.name, asked, connection, options);
    if (!Array.isArray(output.items)) throw internal(`"${action.name}" gave no list of items.`, 'none');
    found.push(...(output.items as unknown[]));
    cursor = nextOf(output);
    if (found.length >= limit || cursor === undefined || !paging.includes('cursor')) return found.slice(0, limit);
    if (seen.has(cursor)) throw internal(`"${action.name}" gives the same page again and again.`, 'none');
    seen.add(cursor);
  }
  throw internal(`"${action.name}" has more than ${MOST_PAGES} pages: search for less, or set a limit.`, 'none');
}

/** As many as are still wanted, and as many as the search gives at once. */
function pageSize({ inputSchema }: Action, wanted: number): number {
  return Math.min(wanted, inputSchema.properties.limit?.maximum ?? wanted);
}

function nextOf({ nextCursor }: Record<string, unknown>): string | undefined {
  return typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : undefined;
}
