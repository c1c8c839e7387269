/** What of the sources is needed to build a package. */

export { localized } from 'plugin-engine/forms';
export { automationFlow, triggerFlow } from './automation';
export { exampleFlow } from './example';
export { formOf } from './form';
export { help, page } from './html';
export { catalogueOf } from './texts';
