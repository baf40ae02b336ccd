import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/journeys/**', 'test/electron/**', 'test/deep/**'],
    testTimeout: 60_000,
  },
});
