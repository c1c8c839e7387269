/** What a platform does with triggers: a tick of a poll, and a request of a webhook. */

import type { TriggerEvent, WebhookResponse } from './event';
import { ActionError } from './error';
import { Seen, type SeenSettings, type SeenState } from './seen';
import type { CallOptions, Connection, Plugin } from './settings';
import { webhookStatus, type PollRequest, type WebhookRequest } from './trigger';

/** The pages of a tick, and its events unless told otherwise: a service that never comes to an end does not hold it up. */
const MOST_PAGES = 100;
const MOST_EVENTS = 1000;

/** A larger request of a webhook is not read. */
export const WEBHOOK_BYTES = 1024 * 1024;

/** Where a poll has come, as plain JSON for a platform's own storage. */
export interface PollState {
  cursor: string | null;
  seen: SeenState;
}

export interface PollAllRequest extends Pick<PollRequest, 'input' | 'start' | 'limit' | 'now'> {
  /** What the last tick gave; nothing the first time. */
  state?: unknown;
  /** How many events are enough for a tick: 1000 unless told otherwise. The page that goes beyond is kept whole. */
  most?: number;
  /** How much is remembered of what was handed on. */
  seen?: SeenSettings;
}

export interface Polled {
  /** What is new, made sure of, the oldest first. */
  events: TriggerEvent[];
  /** To be stored once the events are safe, and not before: until then the same come again. */
  state: PollState;
  /** Whether there is more to ask for at once. */
  hasMore: boolean;
  /** What the service knows nothing of, for the log. */
  refuted: TriggerEvent[];
  /** Why it ended before everything was asked for. */
  error?: unknown;
}

type Polls = Pick<Plugin, 'poll' | 'confirmed'>;
type Webhooks = Pick<Plugin, 'webhook' | 'confirmed'>;

/**
 * One tick of a poll: all that is new since the last. Where a page fails after others, what those had is given, and the
 * next tick begins with the page that failed. Fails with an `ActionError`; the state is then as it was.
 */
export async function pollAll(
  plugin: Polls,
  trigger: string,
  { state, most = MOST_EVENTS, seen: settings, ...asked }: PollAllRequest,
  connection: Connection,
  options: CallOptions = {},
): Promise<Polled> {
  const last = stateOf(trigger, state);
  const seen = new Seen(last.seen, settings);
  const events: TriggerEvent[] = [];
  const refuted: TriggerEvent[] = [];
  let { cursor } = last;
  let hasMore = true;
  let failed: { error?: unknown } = {};
  for (let page = 0; hasMore && page < MOST_PAGES && events.length < most; page += 1) {
    try {
      const told = await plugin.poll(trigger, { ...asked, cursor }, connection, options);
      const { sure, unsure } = await parted(plugin, trigger, seen.fresh(told.events), connection, options);
      seen.note(sure);
      events.push(...sure);
      refuted.push(...unsure);
      ({ nextCursor: cursor, hasMore } = told);
    } catch (error) {
      if (page === 0 || options.signal?.aborted) throw error;
      failed = { error };
      break;
    }
  }
  return { events, refuted, state: { cursor, seen: seen.toJSON() }, hasMore, ...failed };
}

export interface WebhookOutcome {
  /** What is new and made sure of. It is noted as seen: `seen.forget` it where it could not be handed on. */
  events: TriggerEvent[];
  /** What the service is answered once the events are safe; if they are not, the answer is 503. */
  response: WebhookResponse;
  /** What the service knows nothing of, for the log. */
  refuted: TriggerEvent[];
  /** Why the request was not taken, for the log. */
  error?: unknown;
}

/** One request of a webhook: what it told, and what its service is to be answered. It never fails. */
export async function receive(
  plugin: Webhooks,
  trigger: string,
  request: WebhookRequest,
  seen: Seen,
  connection: Connection,
  options: CallOptions = {},
): Promise<WebhookOutcome> {
  const refused = (status: number, error: unknown) => ({ events: [], refuted: [], response: { status }, error });
  if (request.body.length > WEBHOOK_BYTES) {
    return refused(413, new Error(`The webhook's request is larger than ${WEBHOOK_BYTES} bytes.`));
  }
  try {
    const { events: told, response } = await plugin.webhook(trigger, request, connection, options);
    const outcome = await parted(plugin, trigger, seen.fresh(told), connection, options).catch((error: unknown) => {
      // Nobody knows yet: the service is to send it again.
      return { error };
    });
    if ('error' in outcome) return refused(503, outcome.error);
    // Meanwhile the same may have come with another request.
    const events = seen.fresh(outcome.sure);
    seen.note(events);
    return { events, refuted: outcome.unsure, response };
  } catch (error) {
    return refused(webhookStatus(error), error);
  }
}

/** Events that are as the service knows them, and those that are not. */
async function parted(
  plugin: Pick<Plugin, 'confirmed'>,
  trigger: string,
  events: readonly TriggerEvent[],
  connection: Connection,
  options: CallOptions,
) {
  const are = await Promise.all(events.map((event) => plugin.confirmed(trigger, event, connection, options)));
  return { sure: events.filter((_, at) => are[at]), unsure: events.filter((_, at) => !are[at]) };
}

/** A state that is none would begin anew, and leave out what has happened since. */
function stateOf(trigger: string, state: unknown): { cursor: string | null; seen: unknown } {
  if (state === undefined || state === null) return { cursor: null, seen: [] };
  const { cursor, seen } = state as Partial<PollState>;
  if (cursor === null || typeof cursor === 'string') return { cursor, seen };
  const message = `What was stored of the trigger "${trigger}" is not its state: remove it, and the trigger begins anew.`;
  throw new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none' });
}
