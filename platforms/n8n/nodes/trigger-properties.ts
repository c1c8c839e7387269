/** The forms of the trigger nodes, made from the plugin's description. */

import type { INodeProperties } from 'n8n-workflow';
import type { Trigger } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { fieldProperties } from './fields';
import { EVENT, MAX_WEBHOOK_WAIT_S, SET_UP, START, START_AT } from './names';
import { options } from './properties';
import { sorted } from './property';
import { joined, sentences } from './text';

const WAITING =
  'How long an event may wait to be looked up while the service is out of order. Then the service is told to send it again. 0 means not at all.';

/** Those of the node that services send to. */
export function webhookProperties(triggers: Trigger[]): INodeProperties[] {
  return [...eventProperties(triggers), options(MAX_WEBHOOK_WAIT_S, WAITING)];
}

/** Those of the node that asks: n8n itself adds how often. */
export function pollProperties(triggers: Trigger[]): INodeProperties[] {
  return [...eventProperties(triggers), ...beginning()];
}

function eventProperties(triggers: Trigger[]): INodeProperties[] {
  return [
    event(triggers),
    ...triggers.flatMap(setUp),
    ...triggers.flatMap((of) => {
      const { required, optional } = fieldProperties({ of, by: EVENT, isFiltered: true });
      return [...required, ...optional];
    }),
  ];
}

function event(triggers: Trigger[]): INodeProperties {
  const first = triggers[0]?.name ?? '';
  return {
    displayName: 'Event',
    name: EVENT,
    type: 'options',
    noDataExpression: true,
    options: sorted(
      triggers.map(({ name, title, description }) => ({
        name: titleCase(title),
        value: name,
        description: joined(sentences(description)),
        action: `On ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
      })),
    ),
    default: first,
  };
}

/** What a person does at the service, beside the address. */
function setUp({ name, docs }: Trigger): INodeProperties[] {
  if (docs === undefined) return [];
  const shown = docs.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return [
    {
      displayName: shown,
      name: SET_UP,
      type: 'notice',
      default: '',
      displayOptions: { show: { [EVENT]: [name] } },
    },
  ];
}

function beginning(): INodeProperties[] {
  return [
    {
      displayName: 'Start With',
      name: START,
      type: 'options',
      options: [
        { name: 'New Events', value: 'now', description: 'What happens from the activation of the workflow on' },
        { name: 'All Events', value: 'beginning', description: 'All that the service knows' },
        { name: 'Events Since a Date', value: 'date' },
      ],
      default: 'now',
      description: 'Which events come first. Once the workflow has begun, it goes on from where it is.',
    },
    {
      displayName: 'Start Date',
      name: START_AT,
      type: 'dateTime',
      default: '',
      required: true,
      description: 'The time from which on events count',
      displayOptions: { show: { [START]: ['date'] } },
    },
  ];
}
