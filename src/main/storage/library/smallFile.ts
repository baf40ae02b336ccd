import { readFileSync, statSync } from 'node:fs';

/**
 * The text of a file that is small by its nature. Undefined where there is none, where it is larger than such a file can be, and
 * where it is no file: reading a pipe would wait for ever.
 *
 * @param most  bytes
 */
export function readSmallFile(path: string, most: number): string | undefined {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= most ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
