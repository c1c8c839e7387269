/** A form as n8n shows it, by n8n's own rules. */

import {
  NodeHelpers,
  type INode,
  type INodeParameters,
  type INodeProperties,
  type INodeTypeDescription,
} from 'n8n-workflow';

/** The fields that are shown for some values, those that have to be filled in with a star. */
export function shown(properties: INodeProperties[], values: INodeParameters): string[] {
  return properties
    .filter((property) => NodeHelpers.displayParameter(values, property, null, null))
    .map(({ name, required }) => (required ? `${name}*` : name));
}

/** The same for what can be added to the form. */
export function addable(properties: INodeProperties[], values: INodeParameters): string[] {
  const collections = properties.filter(({ name }) => name === 'additionalFields');
  const [collection] = collections.filter((property) => NodeHelpers.displayParameter(values, property, null, null));
  const options = (collection?.options ?? []) as INodeProperties[];
  return options
    .filter((property) => NodeHelpers.displayParameter({}, property, null, null, values))
    .map(({ name }) => name);
}

/** What n8n finds missing before it runs the node. */
export function missing(description: INodeTypeDescription, parameters: INodeParameters): string[] {
  const node = { name: 'JustClick', type: 'justClick', typeVersion: 1, parameters } as INode;
  const issues = NodeHelpers.getNodeParametersIssues(description.properties, node, description);
  return Object.keys(issues?.parameters ?? {});
}
