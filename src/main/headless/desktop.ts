import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Desktop } from '../workbench/workbenchPorts';

/** Opens an address or a folder with whatever this desktop has for it. @param onFailure  hears that there is no such program */
export function openOnDesktop(what: string, onFailure: (command: string) => void): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', what]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', what]
        : ['xdg-open', what];
  const child = spawn(command!, args, { stdio: 'ignore', detached: true });
  child.on('error', () => onFailure(command!));
  child.unref();
}

/** The desktop as a process without a window reaches it. */
export const headlessDesktop: Desktop = {
  async trash(paths) {
    const { default: trash } = await import('trash'); // asked for rarely, and loads much
    await trash([...paths], { glob: false });
  },
  show: (path) =>
    new Promise((resolve, reject) => {
      const folder = statSync(path).isDirectory() ? path : dirname(path);
      const where = `The folder is ${folder}.`;
      const hasDesktop = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
      if (!hasDesktop) return reject(new Error(`There is no desktop here to show it on. ${where}`));
      openOnDesktop(folder, (command) => reject(new Error(`It could not be shown (${command} is missing). ${where}`)));
      setTimeout(resolve, 500); // a program that is missing is known by then
    }),
};
