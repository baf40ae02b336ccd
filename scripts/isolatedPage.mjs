/**
 * Our own modules in a browser: bundles entries, and serves them with the compiled kernels on loopback, isolated from
 * other origins, so that threads may share memory and clocks are fine.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const kinds = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.wasm': 'application/wasm' };
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/**
 * @param folder   where the bundle is put
 * @param entries  name → source file; the page loads `page`
 */
export async function bundleForBrowser(folder, entries) {
  const { build } = await import('vite');
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      target: 'es2022',
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      modulePreload: false,
      rolldownOptions: {
        input: entries,
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
        preserveEntrySignatures: 'strict',
      },
    },
  });
}

/**
 * Serves a bundle, and compiled kernels under `/kernels/`, until it is closed.
 * @returns address of the page
 */
export async function serveIsolated({ folder, kernels }) {
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    if (path === '/') return response.writeHead(200, { ...headers, 'content-type': kinds['.html'] }).end(page);
    const [, under, name] = /^\/(kernels\/)?([A-Za-z0-9_][A-Za-z0-9_.-]*)$/.exec(path) ?? [];
    const kind = kinds[extname(name ?? '')];
    try {
      if (kind === undefined) throw new Error('no such kind');
      const body = await readFile(join(under === undefined ? folder : kernels, name));
      response.writeHead(200, { ...headers, 'content-type': kind }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(done);
      }),
  };
}

const page = '<!doctype html><html lang="en"><title>Upright in a browser</title><script type="module" src="/page.js"></script></html>';
