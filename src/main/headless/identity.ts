import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Which program this is, for every document: its version and, in a clone, the commit. */
export interface Identity {
  readonly version: string;
  readonly commit: string | null;
  /** Folder of the package. */
  readonly root: string;
}

/** Looks upward from `folder` for the package that this file belongs to. */
export function identify(folder: string): Identity {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'package.json');
    if (existsSync(file)) {
      const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
      if (name === 'upright') return { version: version ?? '0.0.0', commit: commitOf(at), root: at };
    }
    if (dirname(at) === at) return { version: '0.0.0', commit: null, root: folder };
  }
}

/** The checked-out commit, shortened, read without starting git; null outside a clone. */
function commitOf(root: string): string | null {
  const read = (...parts: string[]) => {
    try {
      return readFileSync(join(...parts), 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  // In a worktree `.git` is a file that names the folder.
  const link = /^gitdir: (.+)$/.exec(read(root, '.git') ?? '')?.[1];
  const git = link ?? join(root, '.git');
  const head = read(git, 'HEAD');
  const ref = /^ref: (.+)$/.exec(head ?? '')?.[1];
  const common = link === undefined ? git : join(git, read(git, 'commondir') ?? '.');
  const packed = () =>
    read(common, 'packed-refs')
      ?.split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0];
  const hash = ref === undefined ? head : (read(git, ref) ?? read(common, ref) ?? packed());
  return hash !== undefined && /^[0-9a-f]{40,}$/.test(hash) ? hash.slice(0, 7) : null;
}
