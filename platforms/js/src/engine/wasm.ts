/** As much of WebAssembly's own interface as the engine needs: not every platform's TypeScript knows it. */

export type Module = object;

export interface Memory {
  readonly buffer: ArrayBuffer;
}

export interface Instance {
  readonly exports: Record<string, unknown>;
}

export type Imports = Record<string, Record<string, (...values: never[]) => unknown>>;

interface Interface {
  compile(wasm: Uint8Array): Promise<Module>;
  Module: { imports(module: Module): { module: string; name: string; kind: string }[] };
  Instance: new (module: Module, imports: Imports) => Instance;
  Memory: new (...none: never[]) => Memory;
}

declare const WebAssembly: Interface;

export const { compile, Module, Instance, Memory } = WebAssembly;
