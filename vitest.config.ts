import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // the renderer's state is written in runes
  plugins: [svelte({ configFile: false })],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/journeys/**', 'test/electron/**', 'test/deep/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
