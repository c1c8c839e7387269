/** What the parts of the package know each other by. */

/** What n8n knows one of the package's nodes by. Stored workflows and credentials have these names in them. */
export interface Names {
  node: string;
  /** What people know it by. */
  title: string;
  credential: string;
  /** Of the pictures. */
  icon: string;
}

/** The versions of the node: in the second, operations are those of a resource. Workflows keep the one they have. */
export const VERSIONS = { first: 1, second: 2 };

/** The parameter that chooses the action: workflows store the action's own name there. */
export const OPERATION = 'operation';
/** What the operation is done to. It only narrows down which are offered. */
export const RESOURCE = 'resource';
/** The parameter that chooses the trigger. */
export const EVENT = 'event';
/** What a person has to do at the service. */
export const SET_UP = 'setUp';
/** Where a poll begins, and since when. */
export const START = 'startWith';
export const START_AT = 'startAt';

/** Where the optional fields are. */
export const ADDITIONAL = 'additionalFields';

/** Whether a search gives all that it finds, and how much otherwise. */
export const ALL = 'returnAll';
export const LIMIT = 'limit';
export const LIMIT_DEFAULT = 50;

/** Where n8n keeps the lines of a field. */
export const LINE = 'line';

/** Where the node's own settings are. */
export const OPTIONS = 'options';
/** How long items wait for the service to take requests again, in seconds. */
export const MAX_WAIT = 'maxRetryWait';
export const MAX_WAIT_S = 60;
/** A service that sends a webhook waits for no longer. */
export const MAX_WEBHOOK_WAIT_S = 10;

/** How many items are under way, and how often so many are begun: called as n8n's own nodes call them. */
export const BATCHING = 'batching';
export const BATCH = 'batch';
export const BATCH_SIZE = 'batchSize';
export const BATCH_INTERVAL = 'batchInterval';
/** A service that is asked by few at a time is asked by no more than it expects of one user. */
export const BATCH_ITEMS = 8;
/** As many connections as a service and n8n's own machine can be expected to have for one workflow. */
export const MOST_BATCH_ITEMS = 1000;

/** What a field of the plugin's can't be called. */
const OWN = new Set([OPERATION, RESOURCE, EVENT, SET_UP, START, START_AT, ADDITIONAL, ALL, OPTIONS, 'pollTimes']);

/** n8n's names are in camel case: `bill_id` is `billId`. */
export function parameterName({ key }: { key: string }): string {
  const name = key.replace(/_+(.)/g, (_, letter: string) => letter.toUpperCase());
  return OWN.has(name) ? `${name}Field` : name;
}

/** Where lines stand that an earlier step has made. */
export function jsonName(field: { key: string }): string {
  return `${parameterName(field)}Json`;
}

/** The name of the method that lists a field's choices. */
export function listMethod(action: { name: string }, { field }: { field: string }): string {
  return `${action.name}_${field.replace(/\W+/g, '_')}`;
}
