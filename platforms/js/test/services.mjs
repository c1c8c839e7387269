// Loaded before each file of tests, which has a process of its own: services of its own as well. Tests steer a
// service and count what it was asked, and files of tests run side by side.

import { startSandbox, startShop } from './service.mjs';

if (process.env.NODE_TEST_CONTEXT) {
  for (const service of await Promise.all([startSandbox(), startShop()])) {
    Object.assign(process.env, service.env);
    process.on('exit', () => service.process.kill());
    service.process.unref();
    service.process.stdout.destroy();
  }
}
