import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where `npm run bench:peers` puts what it brings, below the user data folder. */
export const peerFolder = (home: string): string => join(home, 'peers');

/** What the peers run on; undefined where nothing was brought. */
export interface PeerPrograms {
  /** The interpreter that has the Python libraries. */
  readonly python: string | undefined;
  /** A folder with onnxruntime-node in its node_modules. */
  readonly onnx: string | undefined;
}
export function peerPrograms(folder: string, platform: NodeJS.Platform = process.platform): PeerPrograms {
  const python = platform === 'win32' ? join(folder, 'python', 'Scripts', 'python.exe') : join(folder, 'python', 'bin', 'python');
  const onnx = join(folder, 'node');
  return {
    python: existsSync(python) ? python : undefined,
    onnx: existsSync(join(onnx, 'node_modules', 'onnxruntime-node')) ? onnx : undefined,
  };
}

/** The folder of the peers' own sources; above the build, or above this source. */
export function peerSources(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'resources', 'peers');
    if (existsSync(found)) return found;
  }
  throw new Error('The program is not whole: resources/peers is missing.');
}
