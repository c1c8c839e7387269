/** What a plugin says about itself: the `describe` export of docs/contract.md, version 1. */

export interface Description {
  contract: 1;
  name: string;
  title: string;
  version: string;
  description: string;
  homepage?: string;
  /** As MCP has them. */
  icons?: { src: string; mimeType?: string; theme?: 'light' | 'dark' }[];
  /** Texts in other languages, by language and by JSON pointer: see `localized`. */
  i18n?: Record<string, Record<string, string>>;
  connection: {
    schema: ObjectSchema;
    /** The export that proves a connection without changing anything. */
    check: string;
    /** The config keys that hold the only origins the plugin needs. */
    origins: string[];
  };
  /** How often the service lets a connection call it. */
  limits?: Limit[];
  actions: Action[];
  /** What it tells of by itself; without one, the member is not there. */
  triggers?: Trigger[];
}

export interface Action {
  name: string;
  title: string;
  description: string;
  /** The input field that names the thing the action changes. */
  subject?: string;
  inputSchema: ObjectSchema;
  outputSchema: ObjectSchema;
  /** As an MCP tool has them. */
  annotations?: Annotations;
  /** What a repeat does. Of a `key`, the field by which the service knows repeats: the host fills it. */
  idempotency?: 'natural' | 'none' | { key: string };
  /** The read that tells, after a call whose effect is not known, whether it happened. */
  verify?: Verify;
  /** As those of the plugin, for the calls of this action. */
  limits?: Limit[];
  deprecated?: { since: string; use: string };
  examples?: Example[];
  form?: Form;
}

/** So many requests in so many seconds. */
export interface Limit {
  requests: number;
  perS: number;
  scope: 'connection';
}

/** What a form builder needs beside the schema. */
export interface Form {
  /** The order of the fields. */
  order: string[];
  /** By field: for which values of other fields it is shown. A field that is not named always is. */
  visible?: Record<string, Condition>;
  /** The fields that hold moments: a date as people write it is one there. */
  moments?: string[];
  /** By field: the read that lists its choices. */
  options?: Record<string, Options>;
}

/** Something that the plugin tells of by itself. */
export interface Trigger {
  name: string;
  title: string;
  /** A sentence that begins with "Triggers when ". */
  description: string;
  /** Whether the host asks from time to time, or the service tells it. */
  delivery: 'poll' | 'webhook';
  /** What narrows down what it triggers on. */
  inputSchema: ObjectSchema;
  form?: Form;
  /** Of an event's `data`. */
  eventSchema: ObjectSchema;
  /** An example of `data`. */
  sample: Record<string, unknown>;
  /** What a person does to set it up. */
  docs?: string;
  /** The read by which a host makes sure of an event. */
  confirm?: Confirm;
  /** The exports that tell the service where to send its webhooks, and that it may stop. */
  subscribe?: string;
  unsubscribe?: string;
  /** How the service signs, if that has a name. */
  signature?: string;
}

/** How an event is made sure of: here a `field` is a member of its data. */
export interface Confirm {
  action: string;
  /** The read's input fields, each with the member of the event's data that it is taken from. */
  arguments: Record<string, string>;
  /** What all holds of the read's output. */
  holds: Expectation[];
}

/** How a call is looked up. */
export interface Verify {
  action: string;
  /** The read's input fields, each with the field of the call that it is taken from. */
  arguments?: Record<string, string>;
  /** What all holds of the read's output if the call has happened, and if it has not. */
  done: Expectation[];
  undone: Expectation[];
}

/** What stands at a JSON pointer: a value, or what the values at hand (a call's input) have in a field. */
export type Expectation = { pointer: string } & ({ value: unknown } | { field: string });

/** Where a field's choices come from. */
export interface Options {
  action: string;
  /** JSON pointers into an item of the read's `items`. */
  value: string;
  title: string;
  /** The read's input field that takes what a person types. */
  search?: string;
  /** The read's input fields, each with the field of the form that it is taken from. */
  arguments?: Record<string, string>;
}

export interface Annotations {
  title?: string;
  readOnlyHint?: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint?: boolean;
}

export interface Example {
  title: string;
  input: Record<string, unknown>;
  output: Record<string, unknown>;
}

/** True where each field named has one of its values. */
export type Condition = Record<string, string[]>;

/** An object of fields; `allOf` holds `if`/`then` alone. */
export interface ObjectSchema {
  title?: string;
  description?: string;
  type: 'object';
  properties: Record<string, PropertySchema>;
  required?: string[];
  additionalProperties?: boolean;
  allOf?: Rule[];
}

/** Where the `if` holds, the `then` does too. */
export interface Rule {
  if: { properties: Record<string, { enum?: string[]; const?: string }>; required?: string[] };
  then: { properties?: Record<string, PropertySchema>; required?: string[] };
}

export interface PropertySchema {
  title?: string;
  description?: string;
  type?: string | string[];
  /** Of a list: of values, or of objects with fields of their own. */
  items?: PropertySchema;
  properties?: Record<string, PropertySchema>;
  required?: string[];
  enum?: (string | null)[];
  examples?: unknown[];
  default?: unknown;
  format?: string;
  pattern?: string;
  writeOnly?: boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
}
