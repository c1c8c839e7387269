/** The class of the node, made from the plugin's description. */

import { description } from 'plugin:bundle';
import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { actionNamed, allItems, inTitleCase, isSearch, Patience } from 'plugin-engine';
import { fieldsOf } from 'plugin-engine/forms';
import { baseOf, methodsOf } from './base';
import { batchesOf } from './batching';
import { CONNECTION_FIELDS } from './common';
import { errorDocument, nodeError } from './errors';
import { connectionOf, inputOf, limitOf } from './input';
import { MAX_WAIT, MAX_WAIT_S, OPERATION, OPTIONS, VERSIONS, type Names } from './names';
import { inParallel } from './parallel';
import { pause, sharedPlugin } from './plugin';
import { nodeProperties, summary } from './properties';

export function nodeClass(names: Names) {
  const { credential } = names;
  return class implements INodeType {
    description: INodeTypeDescription = {
      ...baseOf(names),
      group: ['transform'],
      version: Object.values(VERSIONS),
      defaultVersion: VERSIONS.second,
      subtitle: '={{ $parameter["operation"].replaceAll("_", " ") }}',
      description: summary(description),
      usableAsTool: true,
      inputs: [NodeConnectionTypes.Main],
      properties: nodeProperties(description),
    };

    methods = methodsOf(description.actions, credential);

    async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
      const items = this.getInputData();
      const connection = connectionOf(description, await this.getCredentials(credential));
      const zone = this.getTimezone();
      const signal = this.getExecutionCancelSignal();
      const options = this.getNodeParameter(OPTIONS, 0, {}) as Record<string, unknown>;
      // One for all items: a service that is out of order is so for each of them.
      const patience = new Patience(Number(options[MAX_WAIT] ?? MAX_WAIT_S) * 1000, pause);
      const batches = batchesOf(this.getNode(), options);
      const call = { patience, atOnce: batches.atOnce, ...(signal && { signal }) };

      const output = await inParallel(
        items.length,
        { ...batches, sleep: pause, signal },
        async (itemIndex): Promise<INodeExecutionData[]> => {
          const parameter = (name: string) => this.getNodeParameter(name, itemIndex, null) as unknown;
          const item = (json: unknown) => ({
            json: json as INodeExecutionData['json'],
            pairedItem: { item: itemIndex },
          });
          const name = String(parameter(OPERATION));
          const action = actionNamed(description, name);
          try {
            const input = action ? inputOf(action, parameter, zone) : {};
            const plugin = await sharedPlugin();
            if (!action || !isSearch(action)) return [item(await plugin.call(name, input, connection, call))];
            const found = await allItems(plugin, action, input, connection, { ...call, ...limitOf(parameter) });
            return found.map((each) => item(isObject(each) ? each : { value: each }));
          } catch (error) {
            const fields = [...(action ? inTitleCase(fieldsOf(action)) : []), ...CONNECTION_FIELDS];
            if (!this.continueOnFail()) throw nodeError(this.getNode(), error, fields, itemIndex);
            return [item({ error: errorDocument(error) })];
          }
        },
      );
      return [output.flat()];
    }
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
