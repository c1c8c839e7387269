// The package for n8n, in the real one.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { N8n } from '../../../platforms/n8n/e2e/n8n.mjs';
import { START, workflow } from '../../../platforms/n8n/e2e/workflows.mjs';
import { check, proved, same } from '../../../tests/e2e/checks.mjs';
import { packaged } from '../../../tests/e2e/packages.mjs';

export async function inN8n(bundle, redmine, work, shared) {
  mkdirSync(work, { recursive: true });
  await N8n.installed(join(shared, 'n8n'));
  const n8n = new N8n(work, join(shared, 'n8n/server'));
  await n8n.installNode(packaged('n8n', bundle, work));
  const { base_url: baseUrl, api_key: apiKey } = redmine.account('dev');
  const data = { baseUrl, apiKey, allowHttp: false };
  await n8n.import('credentials', [{ id: 'redmine', name: 'Redmine account', type: 'redmineApi', data }]);
  const project = { __rl: true, mode: 'id', value: 'shop' };
  const lines = ['red', 'blue'].map((value) => ({ id: redmine.world.fields.colours, value }));
  const create = node('Create', {
    operation: 'create_issue',
    projectId: project,
    subject: 'From a workflow',
    additionalFields: { customFieldsJson: JSON.stringify(lines), reference: 'n8n-1' },
  });
  const find = node('Find', { operation: 'find_issues', returnAll: true, additionalFields: { subject: 'Row' } });
  await n8n.import('workflow', [workflow('redmine', [START, create, find])]);
  const { status, data: ran } = await n8n.execute('redmine');
  same(status, 'success', 'the workflow');
  const output = (name) => ran.resultData.runData[name][0].data.main[0].map(({ json }) => json);
  const [made] = output('Create');
  const issue = await redmine.issue(made.id);
  same([issue.subject, issue.custom_fields[1].value], ['From a workflow', ['red', 'blue']], 'the issue');
  same(output('Find').length, 130, 'what was found, an item each');
  check(!JSON.stringify(ran).includes(apiKey), 'the key is in the data of the run');
  proved('n8n: a workflow creates an issue with custom fields, and finds 130 over pages, an item each');
}

function node(name, parameters) {
  const credentials = { redmineApi: { id: 'redmine', name: 'Redmine account' } };
  return { name, type: 'n8n-nodes-redmine.redmine', typeVersion: 1, parameters, credentials };
}
