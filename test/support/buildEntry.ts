import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** Builds one entry of the main side, as the product's build does, for tests that need a real thread. @returns path of the built file */
export async function buildEntry(name: string, source: string): Promise<string> {
  const root = join(import.meta.dirname, '../..');
  const outDir = mkdtempSync(join(root, 'node_modules/.vite-temp-'));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(root, source),
      outDir,
      target: 'node20',
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: `${name}.js` } },
    },
  });
  return join(outDir, `${name}.js`);
}
