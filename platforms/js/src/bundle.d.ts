/** The plugin itself. `build/bundle.mjs` puts it in place of this import when a package is built. */
declare module 'justclick:bundle' {
  import type { Description } from '@justclick/plugin';

  /** justclick.wasm. */
  export const wasm: Uint8Array;
  /** Its SHA-256, as the bundle's extism.json has it. */
  export const sha256: string;
  /** describe.json. */
  export const description: Description;
}
