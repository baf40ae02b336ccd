/**
 * Words that no source file may say, each with the reason. Rules over text are crude and cheap: they hold what a type cannot.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

interface Rule {
  readonly says: string;
  readonly words: RegExp;
  /** Path prefixes under src in which the rule holds. */
  readonly where: readonly string[];
  /** The one file that may say it, if any. */
  readonly but?: string;
  /** A line that must be caught, so that a rule that has gone blind is noticed. */
  readonly example: string;
}

const everywhere = [''];
const rules: readonly Rule[] = [
  {
    says: 'chance is handed in, as a seeded stream',
    words: /\bMath\s*\.\s*random\b/,
    where: ['shared/'],
    example: 'const a = Math.random();',
  },
  {
    says: 'time is handed in',
    words: /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\s*\.\s*now\b/,
    where: ['shared/'],
    example: 'new Date()',
  },
  {
    says: 'text is shown as text',
    words: /\{@html|\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\s*\.\s*write/,
    where: everywhere,
    example: '{@html name}',
  },
  {
    says: 'no code is made from text',
    words: /\beval\s*\(|\bnew\s+Function\b|\bexecuteJavaScript\b/,
    where: everywhere,
    example: 'window.webContents.executeJavaScript(`f(${x})`)',
  },
  {
    says: 'the content security policy refuses style attributes; use style: directives',
    words: /\sstyle=["'{]/,
    where: ['renderer/'],
    example: '<div style="color: red">',
  },
  {
    says: 'the policy has no exceptions',
    words: /unsafe-inline|unsafe-eval|bypassCSP/,
    where: everywhere,
    example: "script-src 'unsafe-inline'",
  },
  {
    says: 'the sandbox and web security stay on',
    words:
      /--no-sandbox|webSecurity\s*:\s*false|sandbox\s*:\s*false|contextIsolation\s*:\s*false|nodeIntegration\w*\s*:\s*true|webviewTag\s*:\s*true/,
    where: everywhere,
    example: 'sandbox: false',
  },
  {
    says: 'pages come from app://upright, never from file:',
    words: /\bloadFile\b|['"`]file:/,
    where: everywhere,
    example: "loadURL('file:///x')",
  },
  {
    says: 'nothing remote is loaded',
    words: /\bloadURL\s*\(\s*['"`]https?:|<(script|link|img)[^>]+(src|href)=["']https?:/,
    where: everywhere,
    example: '<script src="https://x.test/a.js">',
  },
  {
    says: 'one file speaks to ipcMain, so that one check of the sender suffices',
    words: /\bipcMain\b/,
    where: everywhere,
    but: 'main/electron/pagePort.ts',
    example: 'ipcMain.on(',
  },
  {
    says: 'one file may open an address outside',
    words: /\bopenExternal\b/,
    where: everywhere,
    but: 'main/electron/openOutside.ts',
    example: 'shell.openExternal(url)',
  },
  {
    says: 'switches of Chromium are set from one list',
    words: /\bappendSwitch\b/,
    where: everywhere,
    example: "app.commandLine.appendSwitch('x')",
  },
  {
    says: 'a page gets a port and nothing else',
    words: /\bexposeInMainWorld\b/,
    where: everywhere,
    example: "contextBridge.exposeInMainWorld('x', {})",
  },
  {
    says: "only our own chunk writer writes recordings: the library's loses all since its last chunk at a kill, and un-awaited calls multiply data",
    words: /\bMcapWriter\b/,
    where: everywhere,
    example: 'new McapWriter()',
  },
  {
    says: 'the server answers on loopback only',
    words: /['"]0\.0\.0\.0['"]|['"]::['"]/,
    where: everywhere,
    example: "listen(80, '0.0.0.0')",
  },
];

const src = resolve(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.(ts|svelte|html|css)$/.test(file));

test.each(rules)('$says', ({ words, where, but, says }) => {
  const said = files
    .filter((file) => file !== but && where.some((prefix) => file.startsWith(prefix)))
    .flatMap((file) =>
      withoutComments(readFileSync(join(src, file), 'utf8'))
        .split('\n')
        .flatMap((line, at) => (words.test(line) ? [`src/${file}:${at + 1} says "${line.trim().slice(0, 80)}", but ${says}`] : [])),
    );
  expect(said).toEqual([]);
});

test.each(rules)('the rule "$says" catches its example', ({ words, example }) => {
  expect(withoutComments(example)).toMatch(words);
});

/** Comments may speak of what is forbidden; their lines stay, so that line numbers are right. */
function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->/g, blank).replace(/(^|[^:'"`])\/\/.*/gm, '$1');
}
