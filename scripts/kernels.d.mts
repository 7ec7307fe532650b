/** The bytes of the module. */
export declare function compileKernels(): Promise<Uint8Array<ArrayBuffer>>;
/** The TypeScript file that carries the module into every bundle and page. */
export declare function embeddingOf(module: Uint8Array): string;
