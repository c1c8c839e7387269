/** What all nodes of the package have in common. */

import { description } from 'plugin:bundle';
import { NodeConnectionTypes, type INodeTypeDescription } from 'n8n-workflow';
import type { Action, Trigger } from 'plugin-engine/forms';
import { credentialTest, iconOf, testName } from './common';
import { listsOf } from './lists';
import type { Names } from './names';
import { sharedPlugin } from './plugin';

type Base = Pick<INodeTypeDescription, 'displayName' | 'name' | 'icon' | 'defaults' | 'outputs' | 'credentials'>;

/** What a node is called, what it gives, and with which credential. */
export function baseOf({ node, title, credential, icon }: Names): Base {
  return {
    displayName: title,
    name: node,
    icon: iconOf({ icon }),
    defaults: { name: title },
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: credential, required: true, testedBy: testName({ credential }) }],
  };
}

/** The test of its credential, and the lists of the fields of its actions or triggers. */
export function methodsOf(forms: (Action | Trigger)[], credential: string) {
  return {
    credentialTest: { [testName({ credential })]: credentialTest },
    ...listsOf(description, forms, credential, sharedPlugin),
  };
}
