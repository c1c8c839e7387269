/** A form as n8n shows it, by n8n's own rules. */

import {
  NodeHelpers,
  type INode,
  type INodeParameters,
  type INodeProperties,
  type INodePropertyOptions,
  type INodeTypeDescription,
} from 'n8n-workflow';

/** Whether a field is shown for some values, in a version of the node. */
function isShown(property: INodeProperties, values: INodeParameters, typeVersion: number, around = values): boolean {
  return NodeHelpers.displayParameter(values, property, { typeVersion }, null, around);
}

/** The fields that are shown for some values, those that have to be filled in with a star. */
export function shown(properties: INodeProperties[], values: INodeParameters, version = 2): string[] {
  return properties
    .filter((property) => isShown(property, values, version))
    .map(({ name, required }) => (required ? `${name}*` : name));
}

/** The same for what can be added to the form. */
export function addable(properties: INodeProperties[], values: INodeParameters, version = 2): string[] {
  const collections = properties.filter(({ name }) => name === 'additionalFields');
  const [collection] = collections.filter((property) => isShown(property, values, version));
  const options = (collection?.options ?? []) as INodeProperties[];
  return options.filter((property) => isShown(property, {}, version, values)).map(({ name }) => name);
}

/** What is offered in the list that is shown. */
export function offered(properties: INodeProperties[], name: string, values: INodeParameters, version = 2) {
  const lists = properties.filter((property) => property.name === name && isShown(property, values, version));
  if (lists.length !== 1) throw new Error(`${lists.length} lists of ${name} are shown.`);
  return (lists[0]?.options ?? []) as INodePropertyOptions[];
}

/** What n8n finds missing before it runs the node. */
export function missing(description: INodeTypeDescription, parameters: INodeParameters): string[] {
  const node = { name: 'JustClick', type: 'justClick', typeVersion: 2, parameters } as INode;
  const issues = NodeHelpers.getNodeParametersIssues(description.properties, node, description);
  return Object.keys(issues?.parameters ?? {});
}
