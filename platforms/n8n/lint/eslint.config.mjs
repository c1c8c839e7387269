// n8n's rules for community nodes, those for n8n Cloud included, as its own tool for nodes applies them.

import { n8nCommunityNodesPlugin as community } from '@n8n/eslint-plugin-community-nodes';
import parser from '@typescript-eslint/parser';
import base from 'eslint-plugin-n8n-nodes-base';

const { plugins, rules: recommended } = community.configs.recommended;
// What is imported goes into the built file, which is judged instead: lint/built.mjs.
const rules = { ...recommended, '@n8n/community-nodes/no-restricted-imports': 'off' };
const common = {
  plugins: { ...plugins, 'n8n-nodes-base': base },
  languageOptions: { parser, parserOptions: { extraFileExtensions: ['.json'] } },
  linterOptions: { reportUnusedDisableDirectives: 'error' },
};

export default [
  {
    ...common,
    files: ['**/package.json'],
    rules: {
      ...rules,
      ...base.configs.community.rules,
    },
  },
  {
    ...common,
    files: ['**/credentials/**/*.ts'],
    rules: {
      ...rules,
      ...base.configs.credentials.rules,
      // Meant for n8n's own nodes, whose documentation has names instead of addresses.
      'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
    },
  },
  {
    ...common,
    files: ['**/nodes/**/*.ts'],
    rules: {
      ...rules,
      ...base.configs.nodes.rules,
      // Older than n8n's constants for kinds of connections, which `node-connection-type-literal` demands.
      'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
      'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
    },
  },
  {
    ...common,
    files: ['.lint/shop/nodes/**/*.ts'],
    // "Goods" are no "good".
    rules: { 'n8n-nodes-base/node-param-resource-with-plural-option': 'off' },
  },
];
