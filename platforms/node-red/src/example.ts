/** A flow of the import menu: an action's examples, each on a button. Made when the package is built. */

import type { Action, Description, Example } from 'plugin-engine';
import { connectionFields } from 'plugin-engine/forms';
import { allFromPayload, formOf, namesOf } from './form';

const FIRST_Y = 100;
const STEP_Y = 60;

export function exampleFlow(description: Description, action: Action): object[] {
  const names = namesOf(description);
  // Node-RED gives each its own when it is imported.
  const id = (part: string) => `${names.action}-${action.name}-${part}`;
  const tab = id('flow');
  const here = { z: tab };
  const form = formOf(description).actions.find(({ name }) => name === action.name);
  const examples = (action.examples ?? []).map((example, at) => ({
    ...inject(id(`example-${at + 1}`), example, form?.fields.map(({ key }) => key) ?? []),
    ...here,
    x: 190,
    y: FIRST_Y + at * STEP_Y,
    wires: [[id('node')]],
  }));
  const below = FIRST_Y + examples.length * STEP_Y;
  const debug = { ...here, type: 'debug', active: true, tosidebar: true, console: false, tostatus: false };
  return [
    {
      id: tab,
      type: 'tab',
      label: `${description.title}: ${action.title}`,
      disabled: false,
      info: `Open the connection of the ${description.title} node, enter your account, and deploy.\n\nThen press an Inject node's button. Errors come out of the Catch node: \`msg.error.message\` says what is wrong, \`msg.error.code\` is the kind of error and \`msg.error.cause\` is the whole document.`,
    },
    { id: id('connection'), type: names.connection, name: `My ${description.title}`, ...emptyConnection(description) },
    ...examples,
    {
      ...here,
      id: id('node'),
      type: names.action,
      name: '',
      connection: id('connection'),
      action: action.name,
      fields: allFromPayload(form),
      x: 450,
      y: FIRST_Y,
      wires: [[id('done')]],
    },
    { ...debug, id: id('done'), name: 'done', complete: 'payload', targetType: 'msg', x: 660, y: FIRST_Y, wires: [] },
    {
      ...here,
      id: id('catch'),
      type: 'catch',
      name: '',
      scope: [id('node')],
      uncaught: false,
      x: 440,
      y: below,
      wires: [[id('failed')]],
    },
    { ...debug, id: id('failed'), name: 'failed', complete: 'error', targetType: 'msg', x: 650, y: below, wires: [] },
  ];
}

/** Without its secrets, which are no part of a flow. */
function emptyConnection(description: Description): Record<string, unknown> {
  const shown = connectionFields(description).filter(({ secret }) => !secret);
  return Object.fromEntries(
    shown.map(({ key, kind, default: initial = kind === 'boolean' ? false : '' }) => [key, initial]),
  );
}

/** Its button sends the example's input, as far as a form has fields for it. */
function inject(id: string, { title, input }: Example, keys: string[]): object {
  const given = Object.entries(input).filter(([key, value]) => keys.includes(key) && value !== null && value !== '');
  const props = given.map(([key, value]) => {
    const isText = typeof value === 'string';
    return { p: `payload.${key}`, v: isText ? value : JSON.stringify(value), vt: isText ? 'str' : 'json' };
  });
  const none = [{ p: 'payload', v: '{}', vt: 'json' }];
  const quiet = { repeat: '', crontab: '', once: false, onceDelay: 0.1, topic: '' };
  return { id, type: 'inject', name: title, props: props.length > 0 ? props : none, ...quiet };
}
