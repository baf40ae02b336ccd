/**
 * Settings as data. One description gives the defaults, the check at every boundary (command line, contract, file),
 * the form in the renderer and the header of a recording. Ids are dotted: `planner.population`, `plant.poleMass`.
 */

/** When a change takes effect: at the next period, at the next episode, or not while anything runs (with the reason). */
export type Applies = 'live' | 'nextEpisode' | { readonly locked: string };

interface Common<T> {
  readonly label: string;
  /** One sentence of meaning, for the tooltip and the help. */
  readonly meaning: string;
  readonly default: T;
  readonly applies: Applies;
  /** Shown only in the expert part of a form. */
  readonly expert?: boolean;
  /** The setting exists only where the plant has this state channel. */
  readonly needsChannel?: string;
}
export interface NumberSetting extends Common<number> {
  readonly kind: 'number' | 'integer';
  /** SI unit as printed beside the number; '' for a pure number. Angles are in rad here and in degrees on screen. */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** Step of the spinner; a hint, never a grid that values must lie on. */
  readonly step: number;
  readonly scale?: 'linear' | 'log';
}
export interface ChoiceSetting<C extends string = string> extends Common<C> {
  readonly kind: 'choice';
  readonly choices: readonly C[];
  /** A label for each choice, in the same order; the ids themselves when absent. */
  readonly choiceLabels?: readonly string[];
}
export interface BooleanSetting extends Common<boolean> {
  readonly kind: 'boolean';
}
export interface TextSetting extends Common<string> {
  readonly kind: 'text';
  readonly maxLength: number;
}
export interface VectorSetting extends Common<readonly number[]> {
  readonly kind: 'vector';
  readonly unit: string;
  readonly minLength: number;
  readonly maxLength: number;
  readonly min: number;
  readonly max: number;
  /** Every entry must be whole. */
  readonly whole?: boolean;
}
export type Setting = NumberSetting | ChoiceSetting | BooleanSetting | TextSetting | VectorSetting;
export type SettingValue = number | string | boolean | readonly number[];
/** Settings of one room by their short name (`population`); the dotted id is put together by whoever owns the room. */
export type SettingsSchema = Readonly<Record<string, Setting>>;

type ValueOf<S extends Setting> = S extends { kind: 'choice'; default: infer C extends string }
  ? string extends C
    ? string
    : S extends ChoiceSetting<infer D>
      ? D
      : never
  : S extends NumberSetting
    ? number
    : S extends BooleanSetting
      ? boolean
      : S extends VectorSetting
        ? readonly number[]
        : string;
/** The plain object of values that a schema describes. */
export type SettingsOf<S extends SettingsSchema> = { readonly [K in keyof S]: ValueOf<S[K]> };
/** Values of some room, before or after they were settled against its schema. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

type NumberOptions = Omit<NumberSetting, 'kind'>;
export const real = (options: NumberOptions): NumberSetting => ({ kind: 'number', ...options });
export const integer = (options: NumberOptions): NumberSetting => ({ kind: 'integer', ...options });
export const choice = <const C extends string>(options: Omit<ChoiceSetting<C>, 'kind'>): ChoiceSetting<C> => ({
  kind: 'choice',
  ...options,
});
export const boolean = (options: Omit<BooleanSetting, 'kind'>): BooleanSetting => ({ kind: 'boolean', ...options });
export const text = (options: Omit<TextSetting, 'kind'>): TextSetting => ({ kind: 'text', ...options });
export const vector = (options: Omit<VectorSetting, 'kind'>): VectorSetting => ({ kind: 'vector', ...options });

/** A setting's value that lies outside its description. `setting` is the id as the caller knows it. */
export class SettingError extends RangeError {
  constructor(
    readonly setting: string,
    message: string,
  ) {
    super(message);
    this.name = 'SettingError';
  }
}

export function defaultsOf<S extends SettingsSchema>(schema: S): SettingsOf<S> {
  return Object.fromEntries(Object.entries(schema).map(([key, setting]) => [key, setting.default])) as SettingsOf<S>;
}

/**
 * Fills gaps with defaults and refuses what lies outside the schema.
 *
 * @param prefix  how the room is called in messages: 'planner' gives `planner.population`
 * @throws SettingError naming the setting, what was wanted and what came
 */
export function settle<S extends SettingsSchema>(schema: S, given: Readonly<Record<string, unknown>>, prefix = ''): SettingsOf<S> {
  const settled: Record<string, SettingValue> = { ...defaultsOf(schema) } as Record<string, SettingValue>;
  for (const [key, value] of Object.entries(given)) {
    const id = prefix === '' ? key : `${prefix}.${key}`;
    const setting = Object.hasOwn(schema, key) ? schema[key] : undefined;
    if (setting === undefined)
      throw new SettingError(id, `There is no setting "${id}". Known: ${Object.keys(schema).join(', ') || 'none'}.`);
    settled[key] = checkedValue(setting, value, id);
  }
  return settled as SettingsOf<S>;
}

/** `value` if `setting` allows it. @throws SettingError otherwise */
export function checkedValue(setting: Setting, value: unknown, id: string): SettingValue {
  const refuse = (wanted: string): never => {
    throw new SettingError(id, `"${id}" must be ${wanted}; got ${shown(value)}.`);
  };
  switch (setting.kind) {
    case 'choice':
      return typeof value === 'string' && setting.choices.includes(value) ? value : refuse(`one of ${setting.choices.join(', ')}`);
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse('true or false');
    case 'text':
      return typeof value === 'string' && value.length <= setting.maxLength
        ? value
        : refuse(`text of at most ${setting.maxLength} characters`);
    case 'vector': {
      const wanted = `${setting.minLength} to ${setting.maxLength} ${setting.whole ? 'whole ' : ''}numbers from ${setting.min} to ${setting.max}${unitSuffix(setting.unit)}`;
      if (!Array.isArray(value) || value.length < setting.minLength || value.length > setting.maxLength) return refuse(wanted);
      for (const entry of value as unknown[]) {
        if (typeof entry !== 'number' || !(entry >= setting.min && entry <= setting.max)) return refuse(wanted);
        if (setting.whole && !Number.isInteger(entry)) return refuse(wanted);
      }
      return value as readonly number[];
    }
    default: {
      const whole = setting.kind === 'integer';
      const fits = typeof value === 'number' && value >= setting.min && value <= setting.max && (!whole || Number.isInteger(value));
      return fits
        ? value
        : refuse(`${whole ? 'a whole number' : 'a number'} from ${setting.min} to ${setting.max}${unitSuffix(setting.unit)}`);
    }
  }
}

const unitSuffix = (unit: string) => (unit === '' ? '' : ` ${unit}`);
function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 60)}"`;
  if (Array.isArray(value)) return `[${value.slice(0, 8).join(', ')}${value.length > 8 ? ', …' : ''}]`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
