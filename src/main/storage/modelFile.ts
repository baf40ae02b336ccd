import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { SavedModel } from '../../shared/models/model';
import { writeWhole } from './atomicFile';

/** Where a model comes from; a part of its file's header. */
export interface Provenance {
  readonly createdAt: string;
  /** Version of the program that fitted it. */
  readonly upright: string;
  readonly trainedOn: readonly {
    readonly file: string;
    readonly windows: readonly (readonly [number | null, number | null])[];
    readonly sha256: string;
  }[];
}

/** File of a model in the user data folder. @throws RangeError for a name that would be no plain file name */
export function modelPath(home: string, name: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name))
    throw new RangeError(`"${name}" is no name for a model: letters, digits, ".", "_" and "-" were wanted, 64 at most.`);
  return join(home, 'models', `${name}.model`);
}

export const fileExists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Writes a model: one line of JSON (the header, its provenance, length and SHA-256 of the weights), then the weights as
 * they are. `head -1` shows what it is.
 */
export async function writeModel(path: string, { header, weights }: SavedModel, provenance: Provenance): Promise<void> {
  const bytes = new Uint8Array(weights);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const line = `${JSON.stringify({ ...header, provenance, weights: { bytes: bytes.byteLength, sha256 } })}\n`;
  await writeWhole(path, Buffer.concat([Buffer.from(line), bytes]));
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
