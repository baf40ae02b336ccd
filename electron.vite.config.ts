/**
 * The build. Every process and every thread is one named entry of `main`, found at run time by its file name beside the
 * caller; so chunks lie in the same folder as the entries and `import.meta.dirname` means the same in both.
 * The main entries run in plain Node as well as in Electron, hence the target is the oldest Node we support.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

/** Entry name → source file. `index` is Electron's main process; nothing else may import `electron`. */
export const entries = {
  index: 'src/main/electron/index.ts',
  cli: 'src/main/headless/cli.ts',
  control: 'src/main/workers/control.ts',
  planner: 'src/main/workers/planner.ts',
  evaluator: 'src/main/workers/evaluator.ts',
  recorder: 'src/main/workers/recorder.ts',
  librarian: 'src/main/workers/librarian.ts',
  peakThread: 'src/main/workers/peakThread.ts',
  learner: 'src/main/workers/learner.ts',
  trainer: 'src/main/workers/trainer.ts',
  onnxPeer: 'src/main/headless/commands/bench/peers/onnxPeer.ts',
  learnRun: 'src/main/workers/learnRun.ts',
};

export default defineConfig({
  main: {
    build: {
      target: 'node20.19',
      // Listed in `dependencies`: left out by themselves. The native tensor library is optional and must stay a real import too.
      externalizeDeps: { include: ['@tensorflow/tfjs-node'] },
      rolldownOptions: {
        input: entries,
        output: { entryFileNames: '[name].js', chunkFileNames: 'shared-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload can neither be an ES module nor require anything but `electron`.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [svelte()],
    build: {
      // The page also runs in the browser that the engineer happens to have.
      target: 'es2022',
      cssTarget: ['chrome114', 'firefox128', 'safari17'],
      minify: true,
      rolldownOptions: { input: 'src/renderer/index.html' },
    },
    server: { host: '127.0.0.1', strictPort: true },
  },
});
