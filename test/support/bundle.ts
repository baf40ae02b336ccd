import { build } from 'vite';

/** Bundles source entries for plain Node into `folder`, as the product's build does; `electron` and Node's own modules stay imports. */
export async function bundle(
  folder: string,
  entries: Readonly<Record<string, string>>,
  { format, extension }: { readonly format: 'es' | 'cjs'; readonly extension: string },
): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['electron'] },
    build: {
      ssr: true,
      target: 'node20.19',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: { ...entries },
        output: { format, entryFileNames: `[name].${extension}`, chunkFileNames: `[name]-[hash].${extension}` },
      },
    },
  });
}
