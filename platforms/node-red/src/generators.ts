/** What of the sources is needed to build a package. */

export { exampleFlow } from './example';
export { formOf } from './form';
export { page } from './html';
