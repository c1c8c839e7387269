/** What a platform takes from here, whatever client it has. */

export { ActionError } from './error';
export type { ErrorDocument, Kind, Problem, Upstream } from './error';
export type * from './description';
export type { Client, HttpFailure, HttpRequest, HttpResponse, Reason } from './http/transport';
export type { CallOptions, Connection, Log, Plugin, Settings } from './settings';
export { isLasting, mayRepeat, Patience } from './repeats';
export { actionNamed, isRead, isSearch, keyOf } from './action';
export { choicesOf, type Option } from './options';
export { allItems, type SearchOptions } from './search';
export { inTitleCase, messageOf, problemsOf, type Named } from './words';
