/** The nodes, at run time. */

import type { NodeAPI } from 'node-red';
import { registerActionNode } from './action-node';
import { answerChecks } from './check';
import { answerChoices } from './choices';
import { registerConnectionNode } from './connection-node';
import { description, FORM, loaded } from './loaded';
import { registerTriggerNode } from './trigger-node';

export default function nodes(RED: NodeAPI): void {
  registerConnectionNode(RED);
  if (FORM.actions.length > 0) registerActionNode(RED);
  if (FORM.triggers.length > 0) registerTriggerNode(RED);
  answerChecks(RED, FORM, loaded);
  answerChoices(RED, description, loaded);
}
