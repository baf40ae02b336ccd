#!/usr/bin/env node
/**
 * The command line, from a clone or from an installed package: makes the program ready, then becomes it. No second process
 * stands between the caller and the command, so signals, exit code and process number are the command's own.
 */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { NotPrepared, prepare, root } from './bootstrap.mjs';
import { refusal } from './refusal.mjs';

try {
  await prepare();
} catch (error) {
  if (!(error instanceof NotPrepared)) throw error;
  refusal(error, process.argv.slice(2));
  process.exit(4);
}
process.argv[1] = join(root, 'out/main/cli.js');
await import(pathToFileURL(process.argv[1]).href);
