/** Dark or light: follows the system until somebody chooses. */
export type ThemeChoice = 'system' | 'dark' | 'light';
export type Theme = 'dark' | 'light';

/** What canvases and the scene must know of the tokens; taken from the page so that colours have one home. */
export interface Palette {
  readonly theme: Theme;
  readonly measured: string;
  readonly plan: string;
  readonly plan50: string;
  readonly plan90: string;
  readonly model: string;
  readonly target: string;
  readonly second: string;
  readonly limit: string;
  readonly grid: string;
  readonly axis: string;
  readonly now: string;
  readonly future: string;
  readonly bar: string;
  readonly ground: string;
  readonly raised: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly text2: string;
  readonly text3: string;
  readonly scene: string;
  readonly sceneGrid: string;
  readonly body1: string;
  readonly body2: string;
  readonly body3: string;
}

const names: Record<Exclude<keyof Palette, 'theme'>, string> = {
  measured: '--c-measured',
  plan: '--c-plan',
  plan50: '--c-plan-50',
  plan90: '--c-plan-90',
  model: '--c-model',
  target: '--c-target',
  second: '--c-second',
  limit: '--c-limit',
  grid: '--c-grid',
  axis: '--c-axis',
  now: '--c-now',
  future: '--c-future',
  bar: '--c-bar',
  ground: '--ground',
  raised: '--raised',
  line: '--line',
  lineStrong: '--line-strong',
  text: '--text',
  text2: '--text-2',
  text3: '--text-3',
  scene: '--scene',
  sceneGrid: '--scene-grid',
  body1: '--body-1',
  body2: '--body-2',
  body3: '--body-3',
};

/** Puts a theme on the page. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

/** The tokens of the theme that is on the page now. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, style.getPropertyValue(name).trim()]));
  return { theme: document.documentElement.dataset.theme === 'light' ? 'light' : 'dark', ...colours } as Palette;
}

export const systemTheme = (): Theme => (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');

export function onSystemTheme(listener: (theme: Theme) => void): () => void {
  const query = matchMedia('(prefers-color-scheme: light)');
  const changed = () => listener(systemTheme());
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/** Canvas text falls back to Times until the fonts are there. */
export async function fontsReady(): Promise<void> {
  await Promise.all(
    ['450 11px "JetBrains Mono Variable"', '450 11px "Inter Variable"'].map((font) => document.fonts.load(font, 'aθ0')),
  ).catch(() => undefined);
}

export const NUMBER_FONT = '"JetBrains Mono Variable", ui-monospace, monospace';
export const TEXT_FONT = '"Inter Variable", system-ui, sans-serif';
