/** The input of an action or a trigger, from where the node's fields say that it comes. */

import { ActionError } from 'plugin-engine';
import { toRfc3339 } from 'plugin-engine/datetime';
import { isAbsent, type Field } from 'plugin-engine/forms';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { LIMIT, type Source, type Sources } from './form';

/** That of the machine, or what `TZ` says: Node-RED has none of its own. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What a source is evaluated with. */
interface Around {
  RED: NodeAPI;
  node: Node;
  msg: NodeMessage;
}

/** A field, and how it is named where it stands: `goods[0].sku`, and for people `Goods 1, Article`. */
type Placed = Field & { place: string; placeTitle: string };

export async function inputOf(
  RED: NodeAPI,
  node: Node,
  { fields }: { fields: Field[] },
  sources: Sources,
  msg: NodeMessage,
): Promise<Record<string, unknown>> {
  const placed = fields.map((field) => ({ ...field, place: field.key, placeTitle: field.title }));
  return valuesOf({ RED, node, msg }, placed, sources);
}

/** How many things a search gives is no part of what it looks for. */
export function limitOf(given: Record<string, unknown>): {
  input: Record<string, unknown>;
  limit: { limit?: number };
} {
  const { [LIMIT]: limit, ...input } = given;
  // An empty field for a number is 0 in Node-RED.
  if (isAbsent(limit) || limit === 0) return { input, limit: {} };
  const number = Number(limit);
  if (Number.isInteger(number) && number > 0) return { input, limit: { limit: number } };
  const message = `Limit must be a whole number from 1 on (got ${JSON.stringify(limit)})`;
  throw new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none', field: LIMIT });
}

async function valuesOf(around: Around, fields: Placed[], sources: Sources): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const field of fields) {
    const source = sources[field.key];
    if (source) input[field.key] = await valueOf(around, field, source);
  }
  return input;
}

async function valueOf(around: Around, field: Placed, source: Source): Promise<unknown> {
  switch (source.type) {
    case 'choice':
      return source.value;
    case 'none':
      return undefined;
    case 'lines':
      return filled(await Promise.all((source.lines ?? []).map((line, at) => lineOf(around, field, line, at))));
    case 'list': {
      const element = { ...(field.element ?? field), place: field.place, placeTitle: field.placeTitle };
      const values = await Promise.all((source.values ?? []).map((value) => valueOf(around, element, value)));
      return filled(values.filter((value) => !isAbsent(value)));
    }
    default:
      return withMoments(field, await evaluated(around, field, source));
  }
}

/** A line without what is not filled in. */
async function lineOf(around: Around, { place, placeTitle, fields = [] }: Placed, line: Sources, at: number) {
  const members = fields.map((member) => ({
    ...member,
    place: `${place}[${at}].${member.key}`,
    placeTitle: `${placeTitle} ${at + 1}, ${member.title}`,
  }));
  const values = Object.entries(await valuesOf(around, members, line));
  return Object.fromEntries(values.filter(([, value]) => !isAbsent(value)));
}

/** A list that nobody has put anything into is not there. */
function filled<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Dates as people and programs write them become the plugin's, also those in lines that come as they are. */
function withMoments(field: Field, value: unknown): unknown {
  if (field.kind === 'dateTime') return toRfc3339(value, ZONE);
  const moments = (field.fields ?? []).filter(({ kind }) => kind === 'dateTime');
  if (moments.length === 0 || !Array.isArray(value)) return value;
  return value.map((line: unknown) => {
    if (typeof line !== 'object' || line === null) return line;
    const read = moments
      .filter(({ key }) => Object.hasOwn(line, key))
      .map(({ key }) => [key, toRfc3339((line as Record<string, unknown>)[key], ZONE)]);
    return { ...line, ...Object.fromEntries(read) };
  });
}

function evaluated({ RED, node, msg }: Around, field: Placed, source: Source): Promise<unknown> {
  // Node-RED takes an empty number for 0.
  if (source.type === 'num' && String(source.value).trim() === '') return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      // A property of what is not there: of a payload that is null, for one.
      if (source.type === 'msg' && error instanceof TypeError) resolve(undefined);
      else reject(unreadable(field, error));
    };
    try {
      RED.util.evaluateNodeProperty(source.value, source.type, node, msg, (error, value) => {
        if (error) failed(error);
        else resolve(value);
      });
    } catch (error) {
      failed(error as Error);
    }
  });
}

function unreadable({ place, placeTitle }: Placed, error: Error): ActionError {
  const message = `${placeTitle}: ${error.message}`;
  return new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none', field: place });
}
