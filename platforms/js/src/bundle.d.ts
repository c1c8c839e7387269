/** The plugin itself. `build/bundle.mjs` puts it in place of this import when a package is built. */
declare module 'plugin:bundle' {
  import type { Description } from 'plugin-engine';

  /** The module. */
  export const wasm: Uint8Array;
  /** Its SHA-256, as the bundle's extism.json has it. */
  export const sha256: string;
  /** describe.json. */
  export const description: Description;
}
