import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Long runs, never part of `npm test`: many seeds, many kills, large files. */
export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/deep/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    passWithNoTests: true,
  },
});
