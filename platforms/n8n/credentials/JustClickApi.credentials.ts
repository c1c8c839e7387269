import { description } from 'justclick:bundle';
import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { credentialProperties } from '../nodes/JustClick/properties';

/** Tested by the node: a request has to be signed, which n8n's own test of credentials can't do. */
export class JustClickApi implements ICredentialType {
  name = 'justClickApi';

  displayName = 'JustClick API';

  documentationUrl = 'https://help.justclick.io';

  icon = { light: 'file:../icons/justclick.svg', dark: 'file:../icons/justclick.dark.svg' } as const;

  properties: INodeProperties[] = credentialProperties(description);
}
