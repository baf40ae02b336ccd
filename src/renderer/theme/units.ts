import type { Setting, SettingValue, VectorSetting } from '../../shared/settings';
import type { Channel } from '../../shared/signals';

const DEGREES = 180 / Math.PI;

/** How numbers of a unit are shown: SI inside, degrees and milliseconds on screen, the unit always printed. */
export interface Display {
  readonly unit: string;
  /** Screen value = SI value × factor. */
  readonly factor: number;
}
export function displayOf(unit: string, max = Infinity): Display {
  if (unit === 'rad') return { unit: 'deg', factor: DEGREES };
  if (unit === 'rad/s') return { unit: 'deg/s', factor: DEGREES };
  if (unit === 's' && max <= 1) return { unit: 'ms', factor: 1000 };
  return { unit, factor: 1 };
}
export const displayOfSetting = (setting: Setting): Display =>
  setting.kind === 'number' || setting.kind === 'integer' || setting.kind === 'vector'
    ? displayOf(setting.unit, setting.max)
    : { unit: '', factor: 1 };

/** A symbol that every font has: combining dots break in the mono font, so a derivative is written out. */
export function plainSymbol(channel: Channel): string {
  const parts = channel.symbol.normalize('NFD');
  return parts.includes('\u0307') ? `${parts.replaceAll('\u0307', '')} rate` : channel.symbol;
}

/** A number as people write it on screen, with a true minus. */
export function shown(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '\u2212∞';
  const text = value.toFixed(digits);
  const sign = /^-0\.?0*$/.test(text) ? text.slice(1) : text; // minus nothing is nothing
  return sign.replace('-', '\u2212');
}

/** Digits after the point that a setting's step needs, in screen units. */
export function digitsOf(step: number, factor: number): number {
  if (!(step > 0)) return 2;
  return Math.max(0, Math.min(6, Math.ceil(-Math.log10(step * factor) - 1e-9)));
}

/** A setting's number without false precision: as many digits as its step has, more when the value needs them. */
export function settingText(value: number, step: number, factor: number): string {
  const screen = value * factor;
  const least = digitsOf(step, factor);
  // a value that was made in SI (0.001 rad) is no round number of degrees: half a percent is exact enough to be shown
  const slack = Math.max(1e-9, Math.abs(screen) * (factor === 1 || factor === 1000 ? 1e-6 : 5e-3));
  for (let digits = least; digits <= 6; digits++)
    if (Math.abs(Number(screen.toFixed(digits)) - screen) <= slack) return shown(screen, digits);
  return screen.toPrecision(3).replace('-', '\u2212');
}

/** What somebody typed, as a number; a comma may be the point, a true minus counts. NaN when it is none. */
export function typedNumber(text: string): number {
  const plain = text.trim().replace('\u2212', '-').replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? Number(plain) : NaN;
}

/** A vector as text and back, in screen units. */
export const vectorText = (values: readonly number[], factor: number): string =>
  values.map((value) => String(Number((value * factor).toPrecision(6)))).join(', ');
export function typedVector(text: string, setting: VectorSetting, factor: number): readonly number[] | undefined {
  const numbers = text
    .split(/[;,\s]+/)
    .filter((part) => part !== '')
    .map(typedNumber);
  if (numbers.length < setting.minLength || numbers.length > setting.maxLength || numbers.some(Number.isNaN)) return undefined;
  const values = numbers.map((number) => number / factor);
  return values.every((value) => value >= setting.min && value <= setting.max && (setting.whole !== true || Number.isInteger(value)))
    ? values
    : undefined;
}

/** Any setting's value as a form shows it, with its unit. */
export function valueText(value: SettingValue, setting: Setting): string {
  const { unit, factor } = displayOfSetting(setting);
  const withUnit = (text: string) => (unit === '' ? text : `${text} ${unit}`);
  if (setting.kind === 'boolean') return value === true ? 'on' : 'off';
  if (setting.kind === 'choice') return setting.choiceLabels?.[setting.choices.indexOf(String(value))] ?? String(value);
  if (setting.kind === 'vector' && Array.isArray(value)) return withUnit(vectorText(value as readonly number[], factor));
  if ((setting.kind === 'number' || setting.kind === 'integer') && typeof value === 'number')
    return withUnit(settingText(value, setting.step, factor));
  return String(value);
}

/** 1 200 becomes "1.2k". */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return shown(value, 0);
  if (size >= 1e6) return `${shown(value / 1e6, 1)}M`;
  if (size >= 1e4) return `${shown(value / 1e3, 0)}k`;
  if (size >= 100) return shown(value, 0);
  return shown(value, size >= 10 ? 1 : 2);
}
