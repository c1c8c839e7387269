// plugin-host as an MCP server, asked by the MCP inspector's command line.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { check, proved, same } from '../../../tests/e2e/checks.mjs';
import { Inspector, install } from '../../../tests/e2e/mcp/inspector.mjs';

export async function inMcp(pluginHost, bundle, redmine, work, shared) {
  mkdirSync(work, { recursive: true });
  const inspector = new Inspector(install(join(shared, 'mcp')), work);
  const { base_url, api_key } = redmine.account('dev');
  const env = {
    PLUGIN_BUNDLE: join(bundle, 'extism.json'),
    PLUGIN_ENV_PREFIX: 'RM',
    RM_BASE_URL: base_url,
    RM_API_KEY: api_key,
  };
  const server = inspector.started(pluginHost, ['mcp'], env).in('modern');
  const { tools } = await server.tools();
  check(
    tools.some(({ name }) => name === 'create_issue'),
    JSON.stringify(tools).slice(0, 500),
  );
  const { output, error } = await server.call({ project_id: 'shop', subject: 'From an agent' }, 'create_issue');
  check(!error, JSON.stringify(error));
  same((await redmine.issue(output.id)).subject, 'From an agent', 'the issue');
  const { error: missing } = await server.call({ issue_id: '9999' }, 'get_issue');
  same([missing?.kind, missing?.effect], ['not_found', 'none'], 'no such issue');
  check(!inspector.printed.includes(api_key), 'the inspector printed the key');
  proved('MCP: the inspector lists the tools without a fault, creates an issue, and is told of one that is not there');
}
