/** What of the sources is needed to build a package. */

export { automationFlow, triggerFlow } from './automation';
export { exampleFlow } from './example';
export { formOf } from './form';
export { help, page } from './html';
export { inLanguage, languagesOf } from './languages';
export { catalogueOf } from './texts';
