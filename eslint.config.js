/**
 * Lint: what the type checker does not see. Who may import whom is held by test/architecture.test.ts, the authority.
 */
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  // AssemblyScript is checked by its own compiler; its decorators on functions are no TypeScript.
  { ignores: ['node_modules/', 'out/', '.cache/', '.electron-tests/', 'test-results/', 'resources/', 'src/kernels/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs['flat/recommended'],
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      // `!` marks what the shape of the data guarantees (an index inside an array); the tests would see it fail.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // `z.void()` and generic answers of calls are void on purpose.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Listeners that have nothing to do yet.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser }, globals: globals.browser },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'no-undef': 'off', // the type checker knows the names
    },
  },
  { files: ['**/*.ts'], rules: { 'no-undef': 'off' } },
  { files: ['test/**'], rules: { 'no-control-regex': 'off' } }, // terminals speak in control characters
  // Scripts that drive a browser hold functions that run in its page.
  { files: ['scripts/**', '*.js', '**/*.mjs', '**/*.cjs'], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
