import { description } from 'justclick:bundle';
import {
  NodeConnectionTypes,
  sleepWithAbort,
  type ICredentialDataDecryptedObject,
  type ICredentialsDecrypted,
  type ICredentialTestFunctions,
  type IExecuteFunctions,
  type INodeCredentialTestResult,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { inTitleCase, Patience } from '@justclick/plugin';
import { connectionFields, fieldsOf } from '@justclick/plugin/forms';
import { errorDocument, messageOf, nodeError } from './errors';
import { connectionOf, inputOf } from './input';
import { inParallel } from './parallel';
import { sharedPlugin } from './plugin';
import { MAX_WAIT, MAX_WAIT_S, nodeProperties, OPERATION, OPTIONS, summary } from './properties';

/** Items of one execution that are under way. */
const AT_ONCE = 8;

const CONNECTION_FIELDS = inTitleCase(connectionFields(description));

/** n8n's own timer fails where it is ended. */
const pause = (ms: number, signal: AbortSignal) => sleepWithAbort(ms, signal).catch(() => {});

export class JustClick implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'JustClick',
    name: 'justClick',
    icon: { light: 'file:../../icons/justclick.svg', dark: 'file:../../icons/justclick.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"].replaceAll("_", " ") }}',
    description: summary(description),
    defaults: { name: 'JustClick' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'justClickApi', required: true, testedBy: 'justClickApiTest' }],
    properties: nodeProperties(description),
  };

  methods = {
    credentialTest: {
      async justClickApiTest(
        this: ICredentialTestFunctions,
        { data }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
      ): Promise<INodeCredentialTestResult> {
        try {
          const plugin = await sharedPlugin();
          await plugin.checkConnection(connectionOf(description, data ?? {}));
          return { status: 'OK', message: 'Connection successful' };
        } catch (error) {
          return { status: 'Error', message: messageOf(error, CONNECTION_FIELDS) };
        }
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const items = this.getInputData();
    const connection = connectionOf(description, await this.getCredentials('justClickApi'));
    const zone = this.getTimezone();
    const signal = this.getExecutionCancelSignal();
    const options = this.getNodeParameter(OPTIONS, 0, {}) as Record<string, unknown>;
    // One for all items: a service that is out of order is so for each of them.
    const patience = new Patience(Number(options[MAX_WAIT] ?? MAX_WAIT_S) * 1000, pause);

    const output = await inParallel(items.length, AT_ONCE, async (itemIndex): Promise<INodeExecutionData> => {
      const parameter = (name: string) => this.getNodeParameter(name, itemIndex, null) as unknown;
      const name = String(parameter(OPERATION));
      const action = description.actions.find((action) => action.name === name);
      try {
        const input = action ? inputOf(action, parameter, zone) : {};
        const plugin = await sharedPlugin();
        const json = await plugin.call(name, input, connection, { patience, ...(signal && { signal }) });
        return { json: json as INodeExecutionData['json'], pairedItem: { item: itemIndex } };
      } catch (error) {
        const fields = [...(action ? inTitleCase(fieldsOf(action)) : []), ...CONNECTION_FIELDS];
        if (!this.continueOnFail()) throw nodeError(this.getNode(), error, itemIndex, fields);
        return { json: { error: errorDocument(error) }, pairedItem: { item: itemIndex } };
      }
    });
    return [output];
  }
}
