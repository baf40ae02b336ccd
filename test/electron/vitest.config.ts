import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The built app in a real Electron, one file at a time: each starts an Electron of its own. */
export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/electron/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
