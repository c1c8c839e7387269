// A program made for this call: `fetch`, with the same signature and the same checks of the reply as the plugin. It has
// the time limits that `fetch` has by itself, and none of its own, which would make it slower.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Call } from './contender';
import { API_KEY, LOGIN, ORDER } from './sample';

export async function native(baseUrl: string): Promise<Call> {
  const url = `${baseUrl}/api/UpdateOrderStatus`;
  return async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: form(),
      redirect: 'manual',
    });
    check(response.status, await response.text());
  };
}

function form(): string {
  const fields = Object.entries(ORDER).map(([name, value]) => [name, String(value)]);
  const text = new URLSearchParams(fields).toString().replaceAll('*', '%2A');
  return `${text}&hash=${md5(`${text}::${LOGIN}::${API_KEY}`)}`;
}

/** Whether the response says that the order was changed, and the service signed it. */
function check(status: number, body: string): void {
  if (status !== 200) throw new Error(`HTTP status ${status}`);
  const { error_code: code, error_text: text, hash } = JSON.parse(body) as Record<string, unknown>;
  const [expected, given] = [md5(`${code}::${text}::${API_KEY}`), String(hash).toLowerCase()];
  const isSigned = given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  if (!isSigned) throw new Error("the reply's hash is wrong");
  if (code !== 0) throw new Error(`code ${code}: ${text}`);
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
