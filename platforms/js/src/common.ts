/** What a platform takes from here, whatever client it has. */

export { ActionError } from './error';
export type { ErrorDocument, Kind, Problem, Upstream } from './error';
export type * from './description';
export type { Client, HttpFailure, HttpRequest, HttpResponse, Reason } from './http/transport';
export type { CallOptions, Connection, Log, Plugin, Settings } from './settings';
export type { EventPage, Received, Subscription, TriggerEvent, WebhookResponse } from './event';
export {
  triggerNamed,
  webhookStatus,
  type PollRequest,
  type SubscribeRequest,
  type UnsubscribeRequest,
  type WebhookRequest,
} from './trigger';
export { Seen, type SeenSettings, type SeenState } from './seen';
export {
  pollAll,
  receive,
  WEBHOOK_BYTES,
  type PollAllRequest,
  type Polled,
  type PollState,
  type WebhookOutcome,
} from './deliver';
export { isLasting, mayRepeat, Patience, tidy, type Repeatable, type Sleep } from './repeats';
export { actionNamed, isRead, isSearch, keyOf } from './action';
export { onAbort } from './stop';
export { localized } from './language';
export { choicesOf, type Option } from './options';
export { allItems, type SearchOptions } from './search';
export { inTitleCase, messageOf, problemsOf, type Named } from './words';
