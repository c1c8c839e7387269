/** The class of the credential, made from the plugin's description. */

import { description } from 'plugin:bundle';
import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import type { Names } from './names';
import { credentialProperties } from './properties';

/** Tested by the node: a request has to be made by the plugin, which n8n's own test of credentials can't do. */
export function credentialClass({ credential, icon }: Pick<Names, 'credential' | 'icon'>): new () => ICredentialType {
  return class implements ICredentialType {
    name = credential;

    displayName = `${description.title} API`;

    documentationUrl = description.homepage ?? '';

    icon = { light: `file:../icons/${icon}.svg`, dark: `file:../icons/${icon}.dark.svg` } as const;

    properties: INodeProperties[] = credentialProperties(description);
  };
}
