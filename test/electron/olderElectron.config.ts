/**
 * The product's build for an Electron before 28, whose main process knows no ES modules: CommonJS under the same file names,
 * with olderEngines.cjs in front of every entry. Entries with top-level await (the command line, its thread, a peer of the bench) are left out: the app needs
 * none of them. Used by the tests alone; electron-vite takes the targets from ELECTRON_MAJOR_VER.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergeConfig } from 'vite';
import product, { entries } from '../../electron.vite.config';

const banner = readFileSync(join(import.meta.dirname, 'olderEngines.cjs'), 'utf8');
const { main, preload, renderer } = product as unknown as Record<
  'main' | 'preload' | 'renderer',
  { build: { rolldownOptions: object; externalizeDeps?: object } }
>;
/** Packages that are ES modules and nothing else: CommonJS cannot ask for them, so they go into the build. */
const onlyModules = ['hyparquet', 'hyparquet-writer'];
const { cli: _cli, learnRun: _learnRun, onnxPeer: _onnxPeer, ...input } = entries;

export default {
  main: {
    ...main,
    build: {
      ...main.build,
      target: 'node18.15',
      externalizeDeps: { ...main.build.externalizeDeps, exclude: onlyModules },
      rolldownOptions: { input, output: { banner, format: 'cjs', entryFileNames: '[name].js', chunkFileNames: 'shared-[name]-[hash].js' } },
    },
  },
  preload,
  renderer: mergeConfig(renderer, { build: { rolldownOptions: { output: { banner } } } }),
};
