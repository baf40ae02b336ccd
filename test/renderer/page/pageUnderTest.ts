import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { pageHeaders, readPageFile } from '../../../src/main/page/pageFiles';

/** Builds the page of the panel tests and serves it with the very headers of the real one. */
export async function servePageUnderTest(): Promise<{ readonly url: string; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'upright-page-'));
  await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    plugins: [svelte({ configFile: false })],
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', minify: false, chunkSizeWarningLimit: 10_000 },
  });
  const server = createServer((request, response) => {
    void readPageFile(folder, request.url ?? '/').then((file) => {
      for (const [name, value] of Object.entries(pageHeaders("'self'"))) response.setHeader(name, value);
      if (file === undefined) return void response.writeHead(404).end();
      response.setHeader('content-type', file.kind).end(file.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
