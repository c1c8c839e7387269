// The integration for Zapier, in Zapier's own command line.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installZapier, run } from '../../../platforms/zapier/e2e/tools.mjs';
import { check, proved, same } from '../../../tests/e2e/checks.mjs';
import { packaged } from '../../../tests/e2e/packages.mjs';

export async function inZapier(bundle, redmine, work, shared) {
  mkdirSync(join(shared, 'zapier'), { recursive: true });
  const { env } = installZapier(join(shared, 'zapier'));
  const folder = packaged('zapier', bundle, work);
  run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  const account = redmine.account('dev');
  const connection = Object.fromEntries(Object.entries(account).map(([key, value]) => [`authData_${key}`, value]));
  const zapier = (...args) => {
    const said = run('zapier-platform', args, {
      cwd: folder,
      env: { ...env, ...connection, PLUGIN_ALLOW_PRIVATE: '*' },
    });
    check(!`${said.out}${said.err}`.includes(account.api_key), 'the key is in what Zapier prints');
    return said.out;
  };
  const invoke = (kind, key, input) =>
    JSON.parse(zapier('invoke', kind, key, '-i', JSON.stringify(input), '--non-interactive'));
  check(/structurally sound/.test(zapier('validate', '--without-style')), 'the integration is not sound');
  const custom_fields = [{ custom_fields_id: redmine.world.fields.order, custom_fields_value: 'Z-1' }];
  const made = invoke('create', 'create_issue', {
    project_id: 'shop',
    subject: 'From a Zap',
    custom_fields,
    reference: 'zap-1',
  });
  const issue = await redmine.issue(made.id);
  same([issue.subject, issue.custom_fields[0].value], ['From a Zap', 'Z-1'], 'the issue');
  const [found] = invoke('search', 'find_issues', { project_id: 'shop', reference: 'zap-1' });
  same(found.id, made.id, 'what a search finds');
  const choices = invoke('trigger', 'create_issue_project_id', {});
  check(choices.length > 50 && choices.some(({ name }) => name === 'Branch 001'), 'the projects in the drop-down list');
  proved('Zapier: the integration is sound; it creates an issue with line items, finds it, and lists the projects');
}
