import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Whole stories in Chromium against a headless workbench, one file at a time: each starts a workbench of its own. */
export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/journeys/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    passWithNoTests: false,
  },
});
