import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

/**
 * Says why nothing could be started: a sentence on stderr and, when a script asked with --json, the one document that every
 * call owes it, in the form of all others.
 */
export function refusal({ message, remedy }, args) {
  process.stderr.write(`upright: ${message}\n${remedy}\n`);
  if (!args.includes('--json')) return;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const error = { code: 'notPrepared', message, remedy };
  const command = args.find((word) => !word.startsWith('-')) ?? null;
  const document = {
    document: 1,
    command,
    upright: version,
    commit: null,
    seed: null,
    wallSeconds: 0,
    cancelled: false,
    warnings: [],
    error,
  };
  process.stdout.write(`${JSON.stringify(document)}\n`);
}
