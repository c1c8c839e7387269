/** What the package's nodes have in common. */

import { description } from 'plugin:bundle';
import {
  type ICredentialDataDecryptedObject,
  type ICredentialsDecrypted,
  type ICredentialTestFunctions,
  type INodeCredentialTestResult,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { inTitleCase } from 'plugin-engine';
import { connectionFields } from 'plugin-engine/forms';
import { messageOf } from './errors';
import { connectionOf } from './input';
import { sharedPlugin } from './plugin';

export const CONNECTION_FIELDS = inTitleCase(connectionFields(description));

export function iconOf({ icon }: { icon: string }): NonNullable<INodeTypeDescription['icon']> {
  return { light: `file:../../icons/${icon}.svg`, dark: `file:../../icons/${icon}.dark.svg` };
}

/** The name of the test of a credential: any node that has the credential may be asked for it. */
export const testName = ({ credential }: { credential: string }) => `${credential}Test`;

export async function credentialTest(
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
}
