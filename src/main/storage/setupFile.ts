import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { FileRefused } from '../../shared/recordings/refusal';
import type { Setup } from '../../shared/setups/setup';

/** A setup file larger than this is none. */
const MOST_BYTES = 256_000;
const name = z.string().min(1).max(64);
// one look at the whole list: naming every wrong entry of a long one takes seconds
const vector = z.custom<number[]>((list) => Array.isArray(list) && list.length <= 64 && list.every(Number.isFinite), 'no list of numbers');
const setupFile = z.strictObject({
  name,
  plant: name,
  task: name,
  model: name,
  planner: name,
  controller: name,
  estimator: name,
  algorithm: name,
  priors: z.array(z.enum(['integrates', 'placeFree', 'mirror'])).max(3),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  values: z.record(z.string().max(64), z.union([z.number(), z.string().max(4096), z.boolean(), vector])),
});

/**
 * Reads a setup from a file of JSON: known fields only.
 * @returns undefined when there is no such file
 * @throws FileRefused for one that is no setup
 */
export async function readSetupFile(file: string): Promise<Setup | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  const refuse = (what: string): never => {
    throw new FileRefused(file, 'setup', what, 'Write a setup as JSON with exactly the fields of a built-in one.');
  };
  if (found.size > MOST_BYTES) return refuse(`a file of ${found.size} bytes is not a setup of at most ${MOST_BYTES}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return refuse('this is not JSON');
  }
  const checked = checkSetup(parsed);
  return typeof checked === 'string' ? refuse(`this is not a setup (${checked})`) : checked;
}

/** @returns the setup, or what is wrong with it in a few words */
export function checkSetup(value: unknown): Setup | string {
  const checked = setupFile.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  return [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ');
}
