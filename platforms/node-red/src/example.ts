/** A flow of the import menu: an action's examples, each on a button. Made when the package is built. */

import type { Action, Description, Example } from 'plugin-engine';
import { Sheet, type Part } from './flow-parts';
import { allFromPayload, formOf, namesOf } from './form';

const FIRST_Y = 100;
const STEP_Y = 60;

export function exampleFlow(description: Description, action: Action): Part[] {
  const names = namesOf(description);
  const { title } = description;
  const info = `Open the connection of the ${title} node, enter your account, and deploy.\n\nThen press an Inject node's button. Errors come out of the Catch node: \`msg.error.message\` says what is wrong, \`msg.error.code\` is the kind of error and \`msg.error.cause\` is the whole document.`;
  const sheet = new Sheet(`${names.action}-${action.name}`, `${title}: ${action.title}`, info);
  sheet.addConnection(description);
  const form = formOf(description).actions.find(({ name }) => name === action.name);
  const examples = action.examples ?? [];
  for (const [at, example] of examples.entries()) {
    const button = inject(example, form?.fields.map(({ key }) => key) ?? []);
    sheet.add(`example-${at + 1}`, button, [190, FIRST_Y + at * STEP_Y], ['node']);
  }
  const below = FIRST_Y + examples.length * STEP_Y;
  const node = { type: names.action, name: '', connection: sheet.id('connection'), action: action.name };
  sheet.add('node', { ...node, fields: allFromPayload(form) }, [450, FIRST_Y], ['done']);
  sheet.addDebug('done', 'payload', [660, FIRST_Y]);
  sheet.addCatch(['node'], [440, below], ['failed']);
  sheet.addDebug('failed', 'error', [650, below]);
  return sheet.parts;
}

/** Its button sends the example's input, as far as a form has fields for it. */
function inject({ title, input }: Example, keys: string[]): { type: string } & Record<string, unknown> {
  const given = Object.entries(input).filter(([key, value]) => keys.includes(key) && value !== null && value !== '');
  const props = given.map(([key, value]) => {
    const isText = typeof value === 'string';
    return { p: `payload.${key}`, v: isText ? value : JSON.stringify(value), vt: isText ? 'str' : 'json' };
  });
  const none = [{ p: 'payload', v: '{}', vt: 'json' }];
  const quiet = { repeat: '', crontab: '', once: false, onceDelay: 0.1, topic: '' };
  return { type: 'inject', name: title, props: props.length > 0 ? props : none, ...quiet };
}
